import type { LivewrightEvent } from './events.ts';

// RFC 3986, 3.2: the user information stands between "//" and "@", and "/" cannot be part of it.
const userInformation = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]*@/gi;

/** Replaces `user:password` in addresses by `***`, so that logs can be shown to others. */
export function redactCredentials(text: string): string {
  return text.includes('@') ? text.replace(userInformation, '$1***@') : text;
}

/** The event with every address in it redacted. */
export function redactEvent(event: LivewrightEvent): LivewrightEvent {
  // Progress comes thousands of times a minute and carries package names; a round trip through JSON would be felt.
  if (event.type === 'step-progress' && !event.item?.includes('@')) return event;
  const json = JSON.stringify(event);
  const redacted = redactCredentials(json);
  return redacted === json ? event : (JSON.parse(redacted) as LivewrightEvent);
}

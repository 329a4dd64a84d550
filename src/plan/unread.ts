import type { Hook } from '../config/hooks.ts';
import { LivewrightError, type Place } from '../errors.ts';

interface Unread {
  readonly place: Place;
  readonly what: string;
}

export interface UnreadRequest {
  readonly hooks: readonly Hook[];
}

/**
 * Refuses a tree that asks for what this version cannot do yet: an image that lacks it without a word would be worse
 * than none.
 */
export function refuseUnread(request: UnreadRequest): void {
  const found = findUnread(request);
  const [first, ...more] = found;
  if (first === undefined) return;
  throw new LivewrightError('NOT_SUPPORTED', {
    message: `This version does not read ${first.what} yet${more.length > 0 ? ` (and ${more.length} more such files)` : ''}.`,
    hint: 'Take it out of config/ to build without it.',
    place: first.place,
    data: { files: found.map(({ place }) => place.path) },
  });
}

function findUnread({ hooks }: UnreadRequest): Unread[] {
  const at = (what: string) => (file: { readonly path: string }) => ({ place: { path: file.path }, what });
  return [
    ...hooks.filter(({ kind, origin }) => kind === 'container' && origin === 'own').map(at('hooks of this kind')),
  ];
}

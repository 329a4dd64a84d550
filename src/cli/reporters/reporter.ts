import type { ErrorReport, Listener, LivewrightEvent } from '../../events/events.ts';

/** Where text goes: `process.stdout`, or anything else that takes strings. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** A listener that shows events to a person or a program. */
export interface Reporter {
  readonly listen: Listener;
  /** Shows what is still held back and leaves the terminal as it was. May be called more than once. */
  close(): void;
  /** Whether the user has already been told of this error, so that it is not printed twice. */
  hasShown(error: ErrorReport): boolean;
}

/** Remembers the errors that went by. */
export function createErrorMemory(): { note(event: LivewrightEvent): void; has(error: ErrorReport): boolean } {
  const shown = new Set<string>();
  const id = (error: ErrorReport) => `${error.code} ${error.message}`;
  return {
    note: (event) => {
      if (event.type === 'step-failed' || event.type === 'build-failed') shown.add(id(event.error));
    },
    has: (error) => shown.has(id(error)),
  };
}

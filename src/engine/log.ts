import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

const tailLines = 20;

/** The log of one run of one step. */
export interface StepLog {
  readonly path: string | undefined;
  write(line: string): void;
  /** The last lines written. */
  readonly tail: readonly string[];
  close(): void;
}

/**
 * Where the log of a step is: `DIRECTORY/NAME.log`, where `/` in the name makes directories. Control characters and
 * segments that would lead elsewhere are escaped.
 */
export function stepLogPath(directory: string, stepName: string): string {
  const segments = `${stepName}.log`.split('/').map((segment) => (/^\.{0,2}$/.test(segment) ? `%${segment}` : segment));
  return join(directory, ...segments.map((segment) => segment.replace(/[\0-\x1f\x7f]/g, encodeURIComponent)));
}

/**
 * Starts the log anew. Lines are written at once, so that a killed build leaves them all. A log that cannot be written
 * is no reason to fail: `onError` hears of the first failure.
 */
export function openStepLog(path: string | undefined, onError: (error: unknown) => void): StepLog {
  const tail: string[] = [];
  let file = path === undefined ? undefined : attempt(() => openForWriting(path));

  function attempt<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      file = undefined;
      onError(error);
      return undefined;
    }
  }
  return {
    path,
    tail,
    write(line) {
      tail.push(line);
      if (tail.length > tailLines) tail.shift();
      const open = file;
      if (open !== undefined) attempt(() => writeSync(open, `${line}\n`));
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

function openForWriting(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, 'w');
}

/** A log that is started by `open`: that of a reused step stays the log of the run that made its result. */
export interface LazyLog {
  open(): StepLog;
  readonly opened: StepLog | undefined;
}

export function lazyStepLog(path: string | undefined, onError: (error: unknown) => void): LazyLog {
  let opened: StepLog | undefined;
  return {
    open() {
      opened ??= openStepLog(path, onError);
      return opened;
    },
    get opened() {
      return opened;
    },
  };
}

import { systemErrorCode } from '../errors.ts';
import type { ErrorReport } from '../events/events.ts';

// What goes wrong with the user's machine rather than with our code, where no room has turned it into a better sentence.
const explanations: Readonly<Record<string, { readonly what: string; readonly hint: string }>> = {
  EACCES: { what: 'may not be accessed', hint: 'Give yourself the right to it, or choose another place.' },
  EPERM: { what: 'may not be changed', hint: 'It may belong to another user; see "ls -ld" of it.' },
  EROFS: { what: 'is on a file system that is mounted read-only', hint: 'Work in a directory that can be written to.' },
  EMFILE: { what: 'could not be opened: too many files are open', hint: 'Raise the limit with "ulimit -n 4096".' },
  ENFILE: { what: 'could not be opened: the system has too many open files', hint: 'Close other programs.' },
  EIO: { what: 'could not be read or written: the device reports an error', hint: 'See "dmesg" for what it says.' },
};

/** A sentence for a failed system call that names a file; undefined for all else, which is a mistake of ours. */
export function describeSystemError(error: unknown): ErrorReport | undefined {
  const code = systemErrorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const place = pathOf(error);
    const message = `The disk is full${place === undefined ? '' : `: "${place}" could not be written`}.`;
    return { code: 'DISK_FULL', message, hint: 'Make room and run the same command again: what is done is kept.' };
  }
  const explanation = code === undefined ? undefined : explanations[code];
  const path = pathOf(error);
  if (code === undefined || explanation === undefined || path === undefined) return undefined;
  return { code, message: `"${path}" ${explanation.what}.`, hint: explanation.hint, data: { path } };
}

function pathOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('path' in error)) return undefined;
  return typeof error.path === 'string' ? error.path : undefined;
}

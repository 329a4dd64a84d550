import { LivewrightError, systemErrorCode } from '../errors.ts';
import { sizeText } from './sizes.ts';

/** How far the writing of a stick has come. */
export type Phase = 'untouched' | 'writing' | 'verifying' | 'adding' | 'complete';

/** Keeps account of what is on a target, so that whatever stops the work can say so. */
export interface StickState {
  readonly path: string;
  readonly kind: 'device' | 'file' | 'disc';
  phase: Phase;
  doneBytes: number;
  totalBytes: number;
}

/** One sentence: what the target is good for now. */
export function describeState({ path, phase, doneBytes, totalBytes }: StickState): string {
  const part = `${sizeText(doneBytes)} of ${sizeText(totalBytes)}`;
  switch (phase) {
    case 'untouched':
      return `Nothing was written to ${path}; it is as it was.`;
    case 'writing':
      return `${path} is not bootable: ${part} were written, and what was on it before is lost.`;
    case 'verifying':
      return `${path} holds the whole image, but is not verified: ${part} were read back.`;
    case 'adding':
      return `${path} holds the whole image and boots, but the partitions behind it are not there yet.`;
    case 'complete':
      return `${path} is complete.`;
  }
}

const remedies: Readonly<Record<Phase, string>> = {
  untouched: 'Run the same command again when you are ready.',
  writing: 'Run the same command again: it starts from the beginning.',
  verifying: 'Use it at your own risk, or run the same command again.',
  adding: 'Use it without them, or run the same command again.',
  complete: 'Nothing is left to do.',
};

// A device that was pulled out answers with one of these, by driver and moment; a broken one with EIO.
const lost = new Set(['ENODEV', 'ENXIO', 'EIO', 'ENOMEDIUM', 'EREMOTEIO', 'ESHUTDOWN']);

/**
 * What the user is to be told when `error` stopped the work: its own sentence, and the state of the target. `isGone`: the
 * drive is not there any more, or has no size now.
 */
export function explainStop(error: unknown, state: StickState, isGone = false): unknown {
  const data = { path: state.path, phase: state.phase, doneBytes: state.doneBytes, totalBytes: state.totalBytes };
  const remedy = remedies[state.phase];
  const told = systemErrorCode(error);
  const code = told === 'ENOSPC' && isGone ? 'ENODEV' : told;
  if (error instanceof LivewrightError && error.code === 'INTERRUPTED') {
    const message = `${error.message} ${describeState(state)}`;
    return new LivewrightError('INTERRUPTED', {
      message,
      hint: remedy,
      data: { ...error.data, ...data },
      cause: error,
    });
  }
  if (code === 'ENOSPC' && state.kind === 'file') {
    return new LivewrightError('DISK_FULL', {
      message: `The disk that ${state.path} is on became full. ${describeState(state)}`,
      hint: 'Make room, or write to another place.',
      data,
      cause: error,
    });
  }
  if (code === 'ENOSPC') {
    return new LivewrightError('WRITE_FAILED', {
      message: `${state.path} ended before its end: it claims to be larger than it is. ${describeState(state)}`,
      hint: 'It is broken or a fake; take another one.',
      data: { ...data, cause: code },
      cause: error,
    });
  }
  if (code === undefined || !lost.has(code)) return withState(error, state);
  return new LivewrightError('WRITE_FAILED', {
    message: `${state.path} does not answer any more (${code}): it was pulled out, or is broken. ${describeState(state)}`,
    hint: `Put it in again and look at \`lb write --list\` and \`dmesg\`. ${remedy}`,
    data: { ...data, cause: code },
    cause: error,
  });
}

/** Any other error that a user can meet keeps its sentence and gets the state after it. */
function withState(error: unknown, state: StickState): unknown {
  if (!(error instanceof LivewrightError) || state.phase === 'untouched') return error;
  if (error.code === 'VERIFY_FAILED') return error;
  const { message, hint, place, data } = error;
  return new LivewrightError(error.code, {
    message: `${message} ${describeState(state)}`,
    data: { ...data, phase: state.phase },
    cause: error,
    ...(hint === undefined ? {} : { hint }),
    ...(place === undefined ? {} : { place }),
  });
}

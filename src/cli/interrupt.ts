import type { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { LivewrightError } from '../errors.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type StopSignal = (typeof signals)[number];

/** A SIGTERM that follows sooner is the same one by another way: to the whole group, and handed on by the process outside. */
const sameSignalMs = 500;

/**
 * Turns the first signal into an abort, so that the command can stop in good order, and the second into `exitNow`,
 * for someone who does not want to wait. Returns the AbortSignal; its reason is INTERRUPTED with `data.signal`.
 */
export function listenForSignals(
  source: Pick<EventEmitter, 'on'>,
  exitNow: (exitCode: number) => void,
  now: () => number = () => performance.now(),
): AbortSignal {
  const controller = new AbortController();
  let firstMs = 0;
  const receive = (signal: StopSignal) => {
    if (!controller.signal.aborted) {
      firstMs = now();
      controller.abort(interruption(signal));
    } else if (signal === 'SIGINT' || now() - firstMs > sameSignalMs) {
      exitNow(128 + constants.signals[signal]);
    }
  };
  for (const signal of signals) source.on(signal, () => receive(signal));
  return controller.signal;
}

function interruption(signal: StopSignal): LivewrightError {
  return new LivewrightError('INTERRUPTED', {
    message: signal === 'SIGINT' ? 'Stopped by Ctrl-C.' : `Stopped by ${signal}.`,
    hint: 'Run the same command again to go on: what is done is kept.',
    data: { signal },
  });
}

import { createInterface } from 'node:readline/promises';
import { LivewrightError } from '../errors.ts';
import type { CommandContext } from './context.ts';

/** Waits until somebody lets the build go on. Throws INTERRUPTED for one who does not. */
export async function pauseBefore(stage: string, { events, signal, stderr }: CommandContext): Promise<void> {
  const message = `Breakpoint before the stage ${stage}. "lb shell STEP" in another terminal shows the system as it is by now.`;
  events.emit({ type: 'terminal-lent', message });
  const reader = createInterface({ input: process.stdin, output: stderr as NodeJS.WritableStream });
  // readline takes Ctrl-C for itself: it is handed on as the signal it stands for.
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await reader.question('Enter goes on, "q" ends the build here: ', { signal });
    if (!/^\s*q/i.test(answer)) return;
  } catch {
    signal.throwIfAborted();
  } finally {
    reader.close();
  }
  throw new LivewrightError('INTERRUPTED', {
    message: `Stopped at the breakpoint before the stage ${stage}.`,
    hint: 'Run the same command again to go on: what is done is kept.',
    data: { signal: 'SIGINT' },
  });
}

import { setTimeout as sleep } from 'node:timers/promises';
import { LivewrightError } from '../errors.ts';
import { findInLoaderOutput, findInSystemOutput } from './classify.ts';
import type { Guest } from './guest.ts';
import { countDifferentPixels, type Picture } from './ppm.ts';
import { isTextMode, readScreen, readTextScreen, unchangedBelowPixels } from './screens.ts';
import type { Finding } from './verdict.ts';

export type Waited<T> = { readonly value: T } | { readonly finding: Finding } | { readonly timedOut: true };

export interface WaitOptions<T> {
  readonly timeoutMs: number;
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
  /** Gives the value waited for, or undefined to go on waiting. */
  readonly look: () => Promise<T | undefined> | T | undefined;
  /** Whatever else would end the wait. */
  readonly failure?: () => Promise<Finding | undefined> | Finding | undefined;
}

/** Looks again and again until something is there, something is wrong, or time is up. */
export async function waitFor<T>(guest: Guest, options: WaitOptions<T>): Promise<Waited<T>> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    if (options.signal?.aborted)
      throw new LivewrightError('INTERRUPTED', { message: 'The boot test was interrupted.' });
    const seen = await lookOnce(guest, options);
    if (seen) return seen;
    if (performance.now() > deadline) return { timedOut: true };
    await sleep(options.pollMs ?? 500);
  }
}

async function lookOnce<T>(guest: Guest, options: WaitOptions<T>): Promise<Waited<T> | undefined> {
  try {
    const value = await options.look();
    if (value !== undefined) return { value };
    const finding = findEnd(guest) ?? (await options.failure?.());
    return finding && { finding };
  } catch (error) {
    // QMP fails when QEMU goes away under it; that it went is then the finding.
    await sleep(200);
    const finding = findEnd(guest);
    if (finding) return { finding };
    throw error;
  }
}

/** Whether the guest or QEMU has ended. */
export function findEnd(guest: Guest): Finding | undefined {
  const shutdown = guest.qmp.events.find((event) => event.event === 'SHUTDOWN');
  if (shutdown)
    return { outcome: 'guest-powered-off', summary: 'The guest switched itself off before a login prompt.' };
  const exit = guest.exit();
  if (!exit) return undefined;
  const said = guest.machine.stderrTail().trim().split('\n').at(-1) || 'it said nothing';
  return { outcome: 'qemu-failed', summary: `QEMU ended (code ${exit.code ?? exit.signal}): ${said}` };
}

/** What firmware and boot loader complain of, from the serial line, SeaBIOS's log and a text screen. */
export async function findLoaderFailure(guest: Guest, fromOffset = 0): Promise<Finding | undefined> {
  const serial = guest.console.text.slice(fromOffset);
  const said = findInSystemOutput(serial) ?? findInLoaderOutput(serial);
  if (said || guest.isUefi) return said;
  return findInLoaderOutput(await guest.readFirmwareLog()) ?? findInLoaderOutput(await readTextIfAny(guest));
}

/** The text on the screen, or '' where it shows graphics. */
export async function readTextIfAny(guest: Guest): Promise<string> {
  const picture = await readScreen(guest);
  return picture && isTextMode(picture) ? (await readTextScreen(guest)).join('\n') : '';
}

/** Notices a guest that neither says nor shows anything new. */
export function watchSilence(guest: Guest, silenceMs: number): () => Promise<Finding | undefined> {
  let standing: Picture | undefined;
  let changedMs = guest.elapsedMs();
  let lookedMs = 0;
  return async () => {
    const now = guest.elapsedMs();
    if (now - lookedMs > 5000) {
      lookedMs = now;
      const picture = await readScreen(guest);
      if (picture && (!standing || countDifferentPixels(standing, picture) >= unchangedBelowPixels)) {
        standing = picture;
        changedMs = now;
      }
    }
    const quietMs = now - Math.max(changedMs, guest.console.lastOutputMs);
    if (quietMs < silenceMs) return undefined;
    return { outcome: 'hang', summary: `The guest said and showed nothing for ${Math.round(quietMs / 1000)} s.` };
  };
}

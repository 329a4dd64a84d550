import { basename } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { LivewrightError } from '../../errors.ts';
import type { ImageFile } from '../../usb/imageFile.ts';
import type { Layout } from '../../usb/layout.ts';
import type { Disc } from '../../usb/optical.ts';
import { describeContent } from '../../usb/probe.ts';
import { sizeText } from '../../usb/sizes.ts';
import type { Target } from '../../usb/target.ts';
import type { CommandContext } from '../context.ts';

export interface Consequence {
  readonly image: ImageFile;
  readonly target: Target;
  readonly layout?: Layout | undefined;
  readonly disc?: Disc | undefined;
  readonly isEncrypted?: boolean;
}

/** What is about to happen and what will be lost, for a person to think about. */
export function describeConsequence({ image, target, layout, disc, isEncrypted }: Consequence): string {
  const lost = lostThings(target, disc);
  const added = (layout?.partitions ?? []).map(({ kind, label, sizeBytes }) => {
    const type = kind === 'data' ? 'exFAT' : isEncrypted ? 'ext4 in LUKS2' : 'ext4';
    return `  and:   ${kind} partition "${label}", ${sizeText(sizeBytes)}, ${type}`;
  });
  return [
    `  Write: ${basename(image.path)}, ${sizeText(image.sizeBytes)}`,
    ...added,
    `  to:    ${[target.path, ...factsOf(target, disc)].join(', ')}`,
    ...(lost.length === 0 ? ['  Lost:  whatever is on it'] : lost.map((line) => `  Lost:  ${line}`)),
    '',
  ].join('\n');
}

function factsOf(target: Target, disc: Disc | undefined): string[] {
  if (target.kind === 'file') return target.sizeBytes === undefined ? [] : [sizeText(target.sizeBytes)];
  const { model = '', serial = '', bus = '' } = target.drive ?? {};
  const size = target.kind === 'device' ? sizeText(target.drive.sizeBytes) : (disc?.medium ?? '');
  return [model, size, bus, serial === '' ? '' : `serial ${serial}`].filter(Boolean);
}

function lostThings(target: Target, disc: Disc | undefined): readonly string[] {
  if (target.kind === 'disc') return [disc?.isBlank === false ? disc.summary : 'nothing: the disc is blank'];
  if (target.kind === 'device') return target.drive.contents;
  return target.content === undefined ? ['what is in this file now'] : [describeContent(target.content)];
}

/** A file that does not exist yet and a blank disc lose nothing. */
export function losesSomething({ target }: Pick<Consequence, 'target'>): boolean {
  return target.kind !== 'file' || target.sizeBytes !== undefined;
}

/** Asks once; anything but yes is no. Throws NOT_CONFIRMED. */
export async function confirm(consequence: Consequence, { stderr, signal }: CommandContext): Promise<void> {
  if (process.stdin.isTTY !== true) {
    throw new LivewrightError('NOT_CONFIRMED', {
      message: `There is no terminal to ask at whether ${consequence.target.path} may be overwritten.`,
      hint: 'Add --yes if you are sure; nothing was written.',
      data: { path: consequence.target.path },
    });
  }
  stderr.write(`${describeConsequence(consequence)}\n`);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  // readline takes Ctrl-C for itself: it is handed on as the signal it stands for.
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await reader.question(`All that is on ${consequence.target.path} will be lost. Go on? [y/N] `, {
      signal,
    });
    if (/^\s*y(es)?\s*$/i.test(answer)) return;
  } catch {
    signal.throwIfAborted();
  } finally {
    reader.close();
  }
  throw new LivewrightError('NOT_CONFIRMED', {
    message: 'The answer was not "y", so nothing was written.',
    hint: 'Run the same command again if you change your mind.',
    data: { path: consequence.target.path },
  });
}

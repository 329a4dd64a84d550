import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { countDifferentPixels, isBlank, type Picture, parsePpm } from './ppm.ts';
import type { QmpClient } from './qmp.ts';

export interface Screen {
  readonly qmp: QmpClient;
  /** A directory that QEMU may write to. */
  readonly scratch: string;
}

/** Writes what the guest shows to a PNG file at `path`, which QEMU must be able to write. */
export async function takeScreenshot(qmp: QmpClient, path: string): Promise<void> {
  await qmp.execute('screendump', { filename: path, format: 'png' });
}

/** What the guest shows just now; undefined while it shows nothing that can be read. */
export async function readScreen({ qmp, scratch }: Screen): Promise<Picture | undefined> {
  const path = join(scratch, 'screen.ppm');
  await qmp.execute('screendump', { filename: path, format: 'ppm' });
  const picture = parsePpm(await readFile(path));
  await rm(path, { force: true });
  return picture;
}

/** VGA text mode shows 80x25 characters of 9x16 dots; 720x350 and 640x400 are its older forms. */
export function isTextMode({ width, height }: Picture): boolean {
  return (width === 720 || width === 640) && (height === 400 || height === 350);
}

const textMemoryAddress = 0xb8000;
const columns = 80;
const rows = 25;

/** The characters of a VGA text screen, from its memory: 25 lines without trailing blanks. Amd64 only. */
export async function readTextScreen({ qmp, scratch }: Screen): Promise<readonly string[]> {
  const path = join(scratch, 'text.bin');
  await qmp.execute('pmemsave', { val: textMemoryAddress, size: columns * rows * 2, filename: path });
  const lines = decodeTextScreen(await readFile(path));
  await rm(path, { force: true });
  return lines;
}

/** Character and colour alternate. Box-drawing characters (code page 437) become `#`, other foreign ones `?`. */
export function decodeTextScreen(cells: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    const codes = Array.from({ length: columns }, (_, column) => cells[(row * columns + column) * 2] ?? 0);
    lines.push(codes.map(characterOf).join('').trimEnd());
  }
  return lines;
}

function characterOf(code: number): string {
  if (code === 0 || code === 0xff) return ' ';
  if (code >= 0x20 && code < 0x7f) return String.fromCharCode(code);
  return code >= 0xb0 && code <= 0xdf ? '#' : '?';
}

/** A text cursor blinks and a clock may tick: fewer pixels than a few characters count as no change. */
export const unchangedBelowPixels = 600;

export interface SettleOptions {
  /** The screen must look the same for this long. */
  readonly settleMs: number;
  readonly timeoutMs: number;
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
}

/** Waits until the screen shows something and keeps showing it; undefined when that does not come in time. */
export async function waitUntilSettled(screen: Screen, options: SettleOptions): Promise<Picture | undefined> {
  const deadline = performance.now() + options.timeoutMs;
  let standing: Picture | undefined;
  let sinceMs = performance.now();
  while (performance.now() < deadline && !options.signal?.aborted) {
    const now = await readScreen(screen);
    if (!now || isBlank(now)) standing = undefined;
    else if (!standing || countDifferentPixels(standing, now) >= unchangedBelowPixels) {
      standing = now;
      sinceMs = performance.now();
    } else if (performance.now() - sinceMs >= options.settleMs) return now;
    await sleep(options.pollMs ?? 400);
  }
  return undefined;
}

import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LivewrightError } from '../errors.ts';
import type { Listener } from '../events/events.ts';
import type { RunTool } from '../sandbox/types.ts';
import { verifyImage } from './copyImage.ts';
import { startCounting } from './progress.ts';
import { withRawFile } from './rawFile.ts';
import { sizeText } from './sizes.ts';
import { explainStop, type StickState } from './stickState.ts';

/** What xorriso says of the disc in a drive. */
export interface Disc {
  /** `DVD+RW`, `CD-R`; for a file `stdio file, overwriteable`. */
  readonly medium: string;
  readonly isBlank: boolean;
  readonly isRewritable: boolean;
  /** Room for an image, if the disc is blank or can be overwritten; 0 where the drive does not tell before blanking. */
  readonly roomBytes: number;
  /** `1 session, 10240 data blocks, 20.0m data, 0 free` */
  readonly summary: string;
}

/** `run` is of a tools tree with xorriso (`stick`, `build`). */
export interface DiscTools {
  readonly run: RunTool;
  readonly signal: AbortSignal;
}

const BLOCK_BYTES = 2048;

/** Asks the drive for the state of its disc; `device` is `/dev/sr0`, or `stdio:/path` for a file in a drive's place. */
export async function inspectDisc(tools: DiscTools, device: string): Promise<Disc> {
  const lines: string[] = [];
  try {
    await runXorriso(tools, device, { argv: ['-outdev', device, '-toc'], onLine: (line) => lines.push(line) });
  } catch (cause) {
    if (!(cause instanceof LivewrightError) || cause.code !== 'PROGRAM_FAILED') throw cause;
    // A closed disc that cannot be written is reported, and then counts as a failure (exit code 5).
    if (!lines.some((line) => line.startsWith('Media current:'))) throw unreachable(device, lines, cause);
  }
  return parseDisc(lines);
}

function unreachable(device: string, lines: readonly string[], cause: unknown): LivewrightError {
  const said = lines
    .filter((line) => /FAILURE|SORRY/.test(line))
    .at(-1)
    ?.replace(/^.*: (FAILURE|SORRY) : /, '');
  return new LivewrightError('DEVICE_UNUSABLE', {
    message: `${device} cannot be used as a disc writer${said === undefined ? '' : `: ${said}`}.`,
    hint: 'It must be a writer, free of other programs and mounts, and writable for you: run with sudo, or join the group cdrom.',
    data: { device },
    cause,
  });
}

/** Reads what `xorriso -toc` prints. */
export function parseDisc(lines: readonly string[]): Disc {
  const field = (name: string) =>
    lines
      .findLast((line) => line.startsWith(name))
      ?.split(':')
      .slice(1)
      .join(':')
      .trim() ?? '';
  const medium = field('Media current');
  const [, readable = '0', writable = '0'] = /(\d+) readable , (\d+) writable/.exec(field('Media blocks')) ?? [];
  const isBlank = field('Media status').startsWith('is blank');
  const isRewritable = /overwrit|RW|RAM|BD-RE/i.test(medium);
  // An overwritable disc shows as readable what it has, whatever is on it; of a written CD-RW or DVD-RW nobody knows.
  const isOverwritable = /overwrit|DVD\+RW|RAM|BD-RE/i.test(medium);
  const roomBlocks = isBlank ? Number(writable) : isOverwritable ? Math.max(Number(readable), Number(writable)) : 0;
  return { medium, isBlank, isRewritable, roomBytes: roomBlocks * BLOCK_BYTES, summary: field('Media summary') };
}

/** Throws DEVICE_REFUSED where the disc cannot take the image. */
export function requireDisc(disc: Disc, device: string, sizeBytes: number): void {
  const refuse = (message: string, hint: string) => {
    throw new LivewrightError('DEVICE_REFUSED', { message, hint, data: { path: device, medium: disc.medium } });
  };
  if (disc.medium === '' || /not (present|recognizable)/.test(disc.medium)) {
    refuse(`There is no disc in ${device} that can be written.`, 'Put a blank one in.');
  }
  if (!disc.isBlank && !disc.isRewritable) {
    refuse(
      `The disc in ${device} is written already and cannot be erased (${disc.medium}: ${disc.summary}).`,
      'Put a blank or rewritable one in.',
    );
  }
  if (disc.roomBytes > 0 && disc.roomBytes < sizeBytes) {
    refuse(
      `The disc in ${device} is too small: it has room for ${sizeText(disc.roomBytes)}, and the image has ${sizeText(sizeBytes)}.`,
      'Take a larger one (DVD instead of CD, BD instead of DVD).',
    );
  }
}

export interface DiscJob {
  readonly image: { readonly path: string; readonly sizeBytes: number };
  readonly device: string;
  readonly tools: DiscTools;
  readonly emit: Listener;
  readonly signal: AbortSignal;
}

/** Burns the image, erasing a rewritable disc first where needed, and compares what the drive then reads. */
export async function writeDisc(
  job: DiscJob,
): Promise<{ readonly sha256: string; readonly isReadBackDirect: boolean }> {
  const { image, device } = job;
  const state: StickState = {
    path: device,
    kind: 'disc',
    phase: 'untouched',
    doneBytes: 0,
    totalBytes: image.sizeBytes,
  };
  try {
    await burn(job, state);
    return await readBack(job, state);
  } catch (error) {
    throw explainStop(error, state);
  }
}

async function burn({ image, device, tools, emit }: DiscJob, state: StickState): Promise<void> {
  const count = startCounting(emit, { step: 'write', title: `burn ${device}`, totalBytes: image.sizeBytes });
  state.phase = 'writing';
  const argv = ['-as', 'cdrecord', '-v', `dev=${device}`, 'blank=as_needed', 'fs=16m', image.path];
  await runXorriso(tools, device, {
    argv,
    read: image.path,
    onLine: (line) => {
      // As cdrecord says it: `Track 01:   12 of  340 MB written (fifo 97%) [buf 100%]  8.0x.`
      const megabytes = /^Track \d+:\s+(\d+) of\s+\d+ MB/.exec(line)?.[1];
      if (megabytes === undefined) return;
      state.doneBytes = Math.min(Number(megabytes) * 1024 * 1024, image.sizeBytes);
      count.reach(state.doneBytes);
    },
  });
  count.done();
}

async function readBack({ image, device, emit, signal }: DiscJob, state: StickState) {
  const { sizeBytes } = image;
  const count = startCounting(emit, { step: 'verify', title: `read back ${device}`, totalBytes: sizeBytes });
  Object.assign(state, { phase: 'verifying', doneBytes: 0 });
  const onBytes = (done: number) => {
    state.doneBytes = done;
    count.reach(done);
  };
  const handle = await open(image.path, 'r');
  try {
    const path = device.replace(/^stdio:/, '');
    const options = { kind: 'device', mode: 'read', unitBytes: BLOCK_BYTES } as const;
    return await withRawFile(path, options, async (file) => {
      const sha256 = await verifyImage(handle, file, { sizeBytes, signal, onBytes });
      count.done();
      return { sha256, isReadBackDirect: file.isDirect };
    });
  } finally {
    await handle.close();
  }
}

interface XorrisoCall {
  readonly argv: readonly string[];
  readonly read?: string;
  readonly onLine: (line: string) => void;
}

/** xorriso with the drive in its sandbox; of a file in a drive's place the directory, where it may have to be made. */
async function runXorriso(
  { run, signal }: DiscTools,
  device: string,
  { argv, read, onLine }: XorrisoCall,
): Promise<void> {
  const file = /^stdio:(.*)$/.exec(device)?.[1];
  const shown = read === undefined ? [] : [{ source: read, target: read }];
  const written = file === undefined ? [] : [{ source: dirname(file), target: dirname(file), writable: true }];
  await run({
    argv: ['xorriso', ...argv],
    binds: [...written, ...shown],
    ...(file === undefined ? { devices: [device] } : {}),
    env: { LC_ALL: 'C.UTF-8' },
    signal,
    onLine: (line, stream) => {
      if (stream !== 'command') onLine(line);
    },
  });
}

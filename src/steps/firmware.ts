import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Downloader } from '../debian/http.ts';
import { fetchListed } from '../debian/listed.ts';
import { defineStep, type Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import type { BlobRef } from '../store/types.ts';
import type { IndexResult } from './indexResult.ts';

/** Packages with firmware. */
export type Firmware = {
  readonly names: readonly string[];
  /** Which files they have: a line `PATH`, tab, `PACKAGE` for each, in the order of bytes. */
  readonly files: BlobRef;
};

export interface FirmwareOptions {
  readonly index: Step<IndexResult>;
  readonly downloader: Downloader;
  readonly architecture: string;
}

/**
 * Which packages of the configured areas bring firmware: those with files below /usr/lib/firmware, as live-build finds
 * them (`--firmware-chroot`). Asked of the archive's lists of contents, which change less often than its packages.
 */
export function firmwareStep({ index, downloader, architecture }: FirmwareOptions): Step<Firmware> {
  return defineStep({
    name: 'firmware',
    title: 'firmware packages',
    version: 3,
    needs: [index],
    inputs: (resultOf) => ({
      architecture,
      contents: resultOf(index).contents,
    }),
    run: async ({ contents }, { store, scratch, signal, progress, log }) => {
      const names = new Set<string>();
      const files = new Set<string>();
      const totalBytes = contents.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      let before = 0;
      for (const [number, file] of contents.entries()) {
        const path = join(scratch, String(number));
        const done = before;
        const onProgress = (bytes: number): void => progress(done + bytes, totalBytes, 'bytes', 'lists of contents');
        await fetchListed(downloader, file, { path, signal, onProgress }).catch((error: unknown) => {
          throw withRemedy(error);
        });
        for await (const [found, name] of firmwareIn(path)) {
          if (!isUseful(name, architecture)) continue;
          names.add(name);
          files.add(`${found}\t${name}\n`);
        }
        before += file.sizeBytes;
      }
      const wanted = [...names].toSorted();
      log(`Firmware packages: ${wanted.join(' ')}`);
      return { names: wanted, files: await store.putBytes([...files].toSorted().join('')) };
    },
  });
}

/** Mirrors are seen whose lists of contents, which apt hardly asks for, are of another day than the rest. */
function withRemedy(error: unknown): unknown {
  if (!(error instanceof LivewrightError) || error.code !== 'HASH_MISMATCH') return error;
  const { message, data } = error;
  const hint =
    'It says which packages have firmware: try again in a while, name another mirror, or name the packages in a list yourself and run lb config --firmware-chroot false --firmware-binary false.';
  return new LivewrightError('HASH_MISMATCH', { message, hint, data, cause: error });
}

/** Lines of a Contents file: `path`, blanks, `area/section/package` joined by commas (wiki.debian.org/DebianRepository/Format). */
async function* firmwareIn(path: string): AsyncIterable<[file: string, name: string]> {
  const lines = createInterface({ input: createReadStream(path).pipe(createGunzip()) });
  for await (const line of lines) {
    if (!line.startsWith('usr/lib/firmware/') && !line.startsWith('lib/firmware/')) continue;
    const file = line.replace(/\s+\S+$/, '');
    for (const name of packagesOfLine(line)) yield [file, name];
  }
}

export function packagesOfLine(line: string): string[] {
  const column = line.slice(line.search(/\S+$/));
  return column.split(',').map((entry) => entry.slice(entry.lastIndexOf('/') + 1));
}

const x86 = ['amd64', 'i386'];
const arm = ['arm64', 'armhf', 'armel'];

/** Firmware that Debian's live images do not carry: for drivers that are not free, or for other machines. As live-build since 2023. */
const onlyFor: Readonly<Record<string, readonly string[]>> = {
  'firmware-nvidia-gsp': [],
  'firmware-nvidia-tesla-gsp': [],
  'arm-trusted-firmware-tools': arm,
  'crust-firmware': arm,
  'firmware-qcom-soc': arm,
  'firmware-samsung': arm,
  'firmware-ti-connectivity': arm,
  'raspi-firmware': arm,
  'amd64-microcode': x86,
  'firmware-intel-sound': x86,
  'firmware-sof-signed': x86,
  'intel-microcode': x86,
};

/** Whether a package with firmware goes into images for this architecture. */
export function isUseful(name: string, architecture: string): boolean {
  return onlyFor[name]?.includes(architecture) ?? true;
}

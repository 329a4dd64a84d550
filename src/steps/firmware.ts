import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Downloader } from '../debian/http.ts';
import { fetchListed } from '../debian/listed.ts';
import { defineStep, type Step } from '../engine/step.ts';
import type { IndexResult } from './indexResult.ts';

export interface FirmwareOptions {
  readonly index: Step<IndexResult>;
  readonly downloader: Downloader;
  readonly architecture: string;
}

/**
 * Which packages of the configured areas bring firmware: those with files below /usr/lib/firmware, as live-build finds
 * them (`--firmware-chroot`). Asked of the archive's lists of contents, which change less often than its packages.
 */
export function firmwareStep({ index, downloader, architecture }: FirmwareOptions): Step<readonly string[]> {
  return defineStep({
    name: 'firmware',
    title: 'firmware packages',
    version: 2,
    needs: [index],
    inputs: (resultOf) => ({
      architecture,
      contents: resultOf(index).contents,
    }),
    run: async ({ contents }, { scratch, signal, progress, log }) => {
      const names = new Set<string>();
      const totalBytes = contents.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      let before = 0;
      for (const [number, file] of contents.entries()) {
        const path = join(scratch, String(number));
        const done = before;
        const onProgress = (bytes: number): void => progress(done + bytes, totalBytes, 'bytes', 'lists of contents');
        await fetchListed(downloader, file, { path, signal, onProgress });
        for await (const name of firmwareIn(path)) names.add(name);
        before += file.sizeBytes;
      }
      const wanted = [...names].filter((name) => isUseful(name, architecture)).toSorted();
      log(`Firmware packages: ${wanted.join(' ')}`);
      return wanted;
    },
  });
}

/** Lines of a Contents file: `path`, blanks, `area/section/package` joined by commas (wiki.debian.org/DebianRepository/Format). */
async function* firmwareIn(path: string): AsyncIterable<string> {
  const lines = createInterface({ input: createReadStream(path).pipe(createGunzip()) });
  for await (const line of lines) {
    if (!line.startsWith('usr/lib/firmware/') && !line.startsWith('lib/firmware/')) continue;
    yield* packagesOfLine(line);
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

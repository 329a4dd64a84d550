import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Downloader } from '../debian/http.ts';
import { fetchListed } from '../debian/listed.ts';
import { defineStep, type Step } from '../engine/step.ts';
import type { BlobRef } from '../store/types.ts';
import type { Firmware } from './firmware.ts';
import type { IndexResult } from './indexResult.ts';

export interface FirmwarePatternsOptions {
  readonly index: Step<IndexResult>;
  readonly firmware: Step<Firmware>;
  readonly downloader: Downloader;
}

/**
 * The devices that packages with firmware are for, as the archive's descriptions of components name them: a line `PACKAGE`,
 * tab, `MODALIAS` for each, in the order of bytes. An installer chooses by them what the new system needs.
 */
export function firmwarePatternsStep({ index, firmware, downloader }: FirmwarePatternsOptions): Step<BlobRef> {
  return defineStep({
    name: 'firmware-patterns',
    title: 'devices of firmware packages',
    version: 1,
    needs: [index, firmware],
    inputs: (resultOf) => ({ components: resultOf(index).components, names: resultOf(firmware).names }),
    run: async ({ components, names }, { store, scratch, signal }) => {
      const wanted = new Set(names);
      const found = new Set<string>();
      for (const [number, file] of components.entries()) {
        const path = join(scratch, String(number));
        await fetchListed(downloader, file, { path, signal });
        const lines = createInterface({ input: createReadStream(path).pipe(createGunzip()) });
        for await (const { name, modalias } of modaliasesIn(lines)) {
          if (wanted.has(name)) found.add(`${name}\t${modalias}\n`);
        }
      }
      return store.putBytes([...found].toSorted().join(''));
    },
  });
}

/**
 * `Package:` and the list below `Provides: modaliases:` of each document of a DEP-11 file (appstream, "Collection Metadata",
 * YAML). It is read line by line: Debian writes one scalar a line, and those of main have tens of MB.
 */
export async function* modaliasesIn(lines: AsyncIterable<string>): AsyncIterable<{ name: string; modalias: string }> {
  let name = '';
  let isInList = false;
  for await (const line of lines) {
    if (line === '---') name = '';
    const item = /^ +- (\S+)$/.exec(line)?.[1];
    if (isInList && item !== undefined) {
      if (name !== '') yield { name, modalias: item.replace(/^(["'])(.*)\1$/, '$2') };
      continue;
    }
    isInList = line === '  modaliases:';
    name = /^Package: (\S+)$/.exec(line)?.[1] ?? name;
  }
}

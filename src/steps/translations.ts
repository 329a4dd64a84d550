import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readDecompressed } from '../debian/decompress.ts';
import type { Downloader } from '../debian/http.ts';
import { fetchListed } from '../debian/listed.ts';
import { defineStep, type Step } from '../engine/step.ts';
import type { BlobRef } from '../store/types.ts';
import type { AptFiles } from './aptFiles.ts';
import type { IndexResult } from './indexResult.ts';

/** A plain Translation-en file, in the store. */
export type TranslationFile = {
  readonly uri: string;
  readonly suite: string;
  readonly path: string;
  readonly file: BlobRef;
};

export interface TranslationsOptions {
  readonly indices: readonly Step<IndexResult>[];
  readonly downloader: Downloader;
}

/** Settings of the tree's by which apt takes no descriptions at all (apt.conf(5), Acquire::Languages). */
export function wantsNoTranslations(files: AptFiles): boolean {
  return Object.entries(files).some(([path, content]) => {
    return path.startsWith('apt.conf') && /Acquire::Languages\s*(\{\s*)?"none"/i.test(content.toString('utf8'));
  });
}

/**
 * The packages' descriptions for the image's own apt, which live-build's images have where they have lists of packages:
 * without them `apt show` has one line to say of a package, and `apt search` finds little. A build does not read them.
 */
export function translationsStep({ indices, downloader }: TranslationsOptions): Step<readonly TranslationFile[]> {
  return defineStep({
    name: 'translations',
    title: 'descriptions of packages',
    version: 1,
    needs: indices,
    inputs: (resultOf) => ({ translations: indices.flatMap((index) => resultOf(index).translations) }),
    run: async ({ translations }, { store, scratch, signal, progress }) => {
      const total = translations.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      let done = 0;
      const files: TranslationFile[] = [];
      for (const [number, wanted] of translations.entries()) {
        const { sizeBytes, compression, uri, suite, path } = wanted;
        const packed = join(scratch, `${number}.packed`);
        const before = done;
        const onProgress = (bytes: number): void => progress(before + bytes, total, 'bytes', path);
        await fetchListed(downloader, wanted, { path: packed, signal, onProgress });
        const plain = join(scratch, `${number}.plain`);
        await pipeline(readDecompressed({ path: packed }, compression), createWriteStream(plain));
        files.push({ uri, suite, path, file: await store.putFile(plain) });
        done += sizeBytes;
      }
      return files;
    },
  });
}

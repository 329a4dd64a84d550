import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { createDownloader } from '../debian/http.ts';
import type { ListedFile } from '../debian/listed.ts';
import { runGraph } from '../engine/run.ts';
import { defineStep } from '../engine/step.ts';
import { openStore } from '../store/local.ts';
import type { BlobRef, Digest } from '../store/types.ts';
import { firmwareStep, isUseful, packagesOfLine } from './firmware.ts';
import { firmwarePatternsStep } from './firmwarePatterns.ts';
import type { IndexResult } from './indexResult.ts';

async function listed(path: string, text: string): Promise<ListedFile> {
  const bytes = gzipSync(text);
  await writeFile(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex') as Digest;
  return { url: pathToFileURL(path).href, sha256, sizeBytes: bytes.length };
}

test('packages with firmware, their files, and the devices that they are for', async () => {
  const directory = await tempDirectory();
  const contents = await listed(
    join(directory, 'contents.gz'),
    'usr/bin/x admin/x\nusr/lib/firmware/b c.bin\tnon-free-firmware/kernel/firmware-b\n' +
      'usr/lib/firmware/a.bin non-free-firmware/kernel/firmware-b,non-free-firmware/kernel/raspi-firmware\n',
  );
  const components = await listed(
    join(directory, 'components.gz'),
    '---\nFile: DEP-11\n---\nType: firmware\nPackage: firmware-b\nName:\n  C: b\nProvides:\n  modaliases:\n  - pci:v1*\n' +
      "  - 'usb:v2*'\n  firmware:\n  - type: runtime\n---\nPackage: other\nProvides:\n  modaliases:\n  - pci:v3*\n",
  );
  const result: IndexResult = {
    ...{ sources: [], contents: [contents], translations: [], dateSeconds: 0 },
    components: [{ ...components, area: 'main' }],
  };
  const run = async () => result;
  const index = defineStep({ name: 'index', title: 'index', version: 1, needs: [], inputs: () => null, run });
  const store = await openStore(join(directory, 'store'));
  const downloader = createDownloader({ env: {} });
  const firmware = firmwareStep({ index, downloader, architecture: 'amd64' });
  const patterns = firmwarePatternsStep({ index, firmware, downloader });
  const { resultOf } = await runGraph({ targets: [patterns], store, events: { emit: () => {} } });
  const text = async (blob: BlobRef) => readFile(await store.blobPath(blob), 'utf8');
  expect(resultOf(firmware).names).toEqual(['firmware-b']);
  expect(await text(resultOf(firmware).files)).toBe(
    'usr/lib/firmware/a.bin\tfirmware-b\nusr/lib/firmware/b c.bin\tfirmware-b\n',
  );
  expect(await text(resultOf(patterns))).toBe('firmware-b\tpci:v1*\nfirmware-b\tusb:v2*\n');
  await store.close();
});

test('a list of contents of another day: what to do instead is said', async () => {
  const directory = await tempDirectory();
  const { url, sizeBytes } = await listed(join(directory, 'contents.gz'), 'usr/bin/x admin/x\n');
  const contents = [{ url, sizeBytes, sha256: '0'.repeat(64) as Digest }];
  const result: IndexResult = { sources: [], contents, components: [], translations: [], dateSeconds: 0 };
  const run = async () => result;
  const index = defineStep({ name: 'index', title: 'index', version: 1, needs: [], inputs: () => null, run });
  const store = await openStore(join(directory, 'store'));
  const firmware = firmwareStep({ index, downloader: createDownloader({ env: {} }), architecture: 'amd64' });
  const built = runGraph({ targets: [firmware], store, events: { emit: () => {} } });
  const hint = expect.stringContaining('--firmware-chroot false');
  await expect(built).rejects.toMatchObject({ code: 'HASH_MISMATCH', hint });
  await store.close();
});

test('a line of Contents may name several packages', () => {
  expect(packagesOfLine('usr/lib/firmware/a b.bin    non-free-firmware/kernel/one,kernel/two')).toEqual(['one', 'two']);
});

test.each([
  ['firmware-iwlwifi', 'amd64', true],
  ['firmware-nvidia-gsp', 'amd64', false],
  ['firmware-ti-connectivity', 'amd64', false],
  ['firmware-ti-connectivity', 'arm64', true],
  ['crust-firmware', 'amd64', false],
  ['intel-microcode', 'arm64', false],
  ['firmware-intel-graphics', 'arm64', true],
])('%s in images for %s: %s', (name, architecture, expected) => {
  expect(isUseful(name, architecture)).toBe(expected);
});

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { writeCpio } from './cpio.ts';
import { openInitrd } from './initrdTree.ts';

const plain = { uid: 0, gid: 0, mtimeSeconds: 5, data: Buffer.alloc(0) };
const small = gzipSync(
  writeCpio([
    { ...plain, path: '', mode: 0o040755 },
    { ...plain, path: 'lib', mode: 0o120777, data: Buffer.from('usr/lib') },
    { ...plain, path: 'usr', mode: 0o040755 },
    { ...plain, path: 'usr/lib', mode: 0o040755 },
    { ...plain, path: 'usr/lib/old', mode: 0o100644, data: Buffer.from('old') },
    { ...plain, path: 'dev/null', mode: 0o020666, device: [1, 3] },
  ]),
);

test('files added to a linked directory go where it leads, and none is younger than the epoch', async () => {
  const directory = await tempDirectory();
  mkdirSync(join(directory, 'lib/deep'), { recursive: true });
  writeFileSync(join(directory, 'lib/deep/new'), 'new', { mode: 0o755 });
  writeFileSync(join(directory, 'lib/old'), 'newer');
  symlinkSync('deep', join(directory, 'lib/link'));
  const initrd = await openInitrd(small, 'initrd.gz', 100);
  await initrd.addTree(directory);
  initrd.write('preseed.cfg', 'answers');
  initrd.remove((path) => path === 'usr/lib/gone');
  const again = await openInitrd(await initrd.pack(), 'again', 100);
  expect([...again.entries.keys()]).toEqual([
    ...['', 'dev/null', 'lib', 'preseed.cfg', 'usr', 'usr/lib', 'usr/lib/deep', 'usr/lib/deep/new', 'usr/lib/link'],
    'usr/lib/old',
  ]);
  expect(again.read('usr/lib/old')).toBe('newer');
  expect(again.entries.get('usr/lib/deep/new')).toMatchObject({ mode: 0o100755, mtimeSeconds: 100, uid: 0 });
  expect(again.entries.get('dev/null')?.device).toEqual([1, 3]);
});

test('the same files give the same bytes', async () => {
  const pack = async () => {
    const initrd = await openInitrd(small, 'initrd.gz', 100);
    initrd.write('a', 'a');
    return initrd.pack();
  };
  expect(await pack()).toEqual(await pack());
});

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, link, lstat, mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { parseManifest } from './manifest.ts';
import { hashFile, type SealOptions, sealLayer } from './seal.ts';

const epochSeconds = 1_000_000;
const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const seal = async (directory: string, more: Partial<SealOptions> = {}) =>
  new Map(
    parseManifest(await sealLayer({ directory, epochSeconds, ...more })).map((entry) => [entry.path, entry] as const),
  );

test('every kind of file', async () => {
  const directory = await tempDirectory();
  await writeFile(join(directory, 'file'), 'text');
  await chmod(join(directory, 'file'), 0o4711);
  await mkdir(join(directory, 'dir'));
  await chmod(join(directory, 'dir'), 0o1777);
  await symlink('no/where', join(directory, 'link'));
  execFileSync('mkfifo', ['-m', '600', join(directory, 'pipe')]);
  execFileSync('mknod', [join(directory, 'deleted'), 'c', '0', '0']);
  const rows = await seal(directory, { xattrs: new Map([['file', { 'user.a': '00' }]]) });
  const shown = [...rows.values()].map(({ path, type, content, sizeBytes }) => [path, type, content, sizeBytes]);
  expect(shown).toEqual([
    ['.', 'd', '', 0],
    ['deleted', 'w', '', 0],
    ['dir', 'd', '', 0],
    ['file', 'f', sha256('text'), 4],
    ['link', 'l', 'no/where', 8],
    ['pipe', 'p', '', 0],
  ]);
  expect(rows.get('file')).toMatchObject({ mode: 0o4711, uid: process.getuid?.(), xattrs: { 'user.a': '00' } });
  expect(rows.get('dir')).toMatchObject({ mode: 0o1777 });
  expect(rows.get('dir')).not.toHaveProperty('xattrs');
});

test('nothing is younger than the epoch, and no time has parts of a second', async () => {
  const directory = await tempDirectory();
  await mkdir(join(directory, 'd'));
  for (const name of ['d/old', 'd/exact', 'new']) await writeFile(join(directory, name), '');
  await symlink('x', join(directory, 'link'));
  await utimes(join(directory, 'd/old'), 5.75, 5.75);
  await utimes(join(directory, 'd/exact'), epochSeconds, epochSeconds);
  const rows = await seal(directory);
  expect([...rows].map(([path, row]) => [path, row.mtimeSeconds])).toEqual([
    ['.', epochSeconds],
    ['d', epochSeconds],
    ['d/exact', epochSeconds],
    ['d/old', 5],
    ['link', epochSeconds],
    ['new', epochSeconds],
  ]);
  for (const [path, row] of rows) {
    const { mtimeNs } = await lstat(join(directory, path), { bigint: true });
    expect(mtimeNs).toBe(BigInt(row.mtimeSeconds) * 1_000_000_000n);
  }
});

test('names of one file point to the first of them, in the order of bytes', async () => {
  const directory = await tempDirectory();
  await mkdir(join(directory, 'a'));
  await writeFile(join(directory, 'b'), 'x');
  for (const name of ['c', 'a/z', '\uFF5E', '\u{1F4BE}']) await link(join(directory, 'b'), join(directory, name));
  const elsewhere = await tempDirectory();
  await writeFile(join(directory, 'outside'), 'x');
  await link(join(directory, 'outside'), join(elsewhere, 'outside'));
  const rows = await seal(directory);
  const contents = Object.fromEntries([...rows].map(([path, { content }]) => [path, content]));
  expect(contents).toMatchObject({ 'a/z': sha256('x'), b: '=a/z', c: '=a/z', '\uFF5E': '=a/z', '\u{1F4BE}': '=a/z' });
  expect(contents['outside']).toBe(sha256('x'));
});

test('the same files give the same text, whatever the order in which they were made', async () => {
  const names = ['b', 'a', 'ä', 'A', 'a-b'];
  const texts = await Promise.all(
    [names, names.toReversed()].map(async (order) => {
      const directory = await tempDirectory();
      for (const name of order) await writeFile(join(directory, name), name);
      return sealLayer({ directory, epochSeconds });
    }),
  );
  expect(texts[0]).toBe(texts[1]);
});

test('lent files that nobody changed are left out; what was changed or replaced stays', async () => {
  const [directory, lent] = [await tempDirectory(), await tempDirectory()];
  for (const base of [directory, lent]) {
    await mkdir(join(base, 'etc/deep'), { recursive: true });
    for (const name of ['etc/same', 'etc/deep/same', 'changed', 'longer']) await writeFile(join(base, name), 'lent');
  }
  await writeFile(join(lent, 'absent'), '');
  await writeFile(join(lent, 'link'), '');
  await mkdir(join(lent, 'now-a-file'));
  await writeFile(join(directory, 'changed'), 'LENT');
  await writeFile(join(directory, 'longer'), 'lent and more');
  await writeFile(join(directory, 'own'), 'lent');
  await symlink('x', join(directory, 'link'));
  await writeFile(join(directory, 'now-a-file'), '');
  const rows = await seal(directory, { buildTimeLayer: lent });
  const kept = ['.', 'changed', 'etc', 'etc/deep', 'link', 'longer', 'now-a-file', 'own'];
  expect([...rows.keys()]).toEqual(kept);
  expect(await readdir(join(directory, 'etc'))).toEqual(['deep']);
});

test('what was written to names of this machine is left out, as live-build puts its own back; a link stays', async () => {
  const [directory, lent] = [await tempDirectory(), await tempDirectory()];
  for (const base of [directory, lent]) await mkdir(join(base, 'etc'));
  for (const name of ['hosts', 'resolv.conf', 'other']) await writeFile(join(lent, 'etc', name), 'of this machine');
  for (const name of ['hosts', 'other']) await writeFile(join(directory, 'etc', name), 'of this machine, and more');
  await symlink('../run/resolv.conf', join(directory, 'etc/resolv.conf'));
  expect([...(await seal(directory, { buildTimeLayer: lent })).keys()]).toEqual([
    ...['.', 'etc', 'etc/other', 'etc/resolv.conf'],
  ]);
  await writeFile(join(directory, 'etc/hosts'), 'nothing was lent, so this is its own');
  expect([...(await seal(directory)).keys()]).toContain('etc/hosts');
});

test('a name that is not UTF-8 is refused with its place', async () => {
  const directory = await tempDirectory();
  await mkdir(join(directory, 'usr'));
  await writeFile(Buffer.concat([Buffer.from(join(directory, 'usr/')), Buffer.from([0x66, 0xfc, 0x72])]), '');
  await expect(seal(directory)).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
    message: 'The name "für" in /usr of the system is not UTF-8.',
  });
});

test.each([0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])('the digest of %i bytes', async (sizeBytes) => {
  const path = join(await tempDirectory(), 'file');
  const bytes = Buffer.alloc(sizeBytes, 'abc');
  await writeFile(path, bytes);
  expect(await hashFile(path, sizeBytes)).toBe(sha256(bytes));
});

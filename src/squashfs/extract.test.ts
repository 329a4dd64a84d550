import { execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { extractImage } from './extract.ts';
import { makeBytes, makeImage, type TestEntry } from './tree.testing.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lw-extract-'));
});
afterAll(() => rm(directory, { recursive: true }));

const attributes = { mode: 0o640, uid: process.getuid!(), gid: process.getgid!(), mtimeSeconds: 1_000_000_000 };
const entries: readonly TestEntry[] = [
  { ...attributes, kind: 'directory', path: 'd', mode: 0o555 },
  {
    ...attributes,
    kind: 'file',
    path: 'd/set-user-id',
    mode: 0o4755,
    bytes: makeBytes('text', 9000, 1),
    content: undefined,
  },
  { ...attributes, kind: 'file', path: 'holes', bytes: Buffer.alloc(1 << 20), content: undefined },
  {
    ...attributes,
    kind: 'file',
    path: 'noted',
    bytes: Buffer.from('x'),
    content: undefined,
    xattrs: { 'user.a': Buffer.from('b') },
  },
  { ...attributes, kind: 'symlink', path: 'link', target: '../../etc/passwd', mode: 0o777 },
  { ...attributes, kind: 'fifo', path: 'pipe' },
  { kind: 'hardlink', path: 'second', target: 'd/set-user-id' },
];

test('what is unpacked is what unsquashfs unpacks', async () => {
  const image = join(directory, 'image');
  makeImage(image, entries, ['-comp', 'zstd']);
  const [ours, theirs] = [join(directory, 'ours'), join(directory, 'theirs')];
  const { names, left } = await extractImage(image, { directory: ours, keepOwners: process.getuid!() === 0 });
  execFileSync('unsquashfs', ['-q', '-n', '-no-xattrs', '-d', theirs, image], { stdio: 'pipe' });
  expect(names).toBe(8);
  expect(left).toEqual(['noted: user.a', 'pipe: fifo']);
  await rm(join(theirs, 'pipe'));
  expect(await describeTree(ours)).toEqual(await describeTree(theirs));
  expect((await lstat(join(ours, 'holes'))).blocks).toBe(0);
  expect((await lstat(join(ours, 'second'))).nlink).toBe(2);
});

async function describeTree(root: string): Promise<unknown[]> {
  const paths = (await readdir(root, { recursive: true })).toSorted();
  return Promise.all(
    paths.map(async (path) => {
      const full = join(root, path);
      const { mode, uid, gid, mtimeMs, nlink } = await lstat(full);
      const content = (mode & 0o170000) === 0o100000 ? await readFile(full) : '';
      return [
        path,
        mode,
        uid,
        gid,
        mtimeMs,
        nlink,
        content,
        (mode & 0o170000) === 0o120000 ? await readlink(full) : '',
      ];
    }),
  );
}

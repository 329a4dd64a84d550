import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../store/local.ts';
import type { Digest } from '../../store/types.ts';
import { makeDirectory, makeHost } from '../host.testing.ts';
import { runMain } from '../main.ts';

const tree = {
  'auto/config': '',
  'config/binary': 'LB_IMAGE_NAME="live-image"\n',
  'config/includes.chroot/binary/x': '',
  '.build/config': '',
  '.build/livewright/logs/rootfs.log': '',
  '.build/chroot_hooks': '',
  '.build/binary_iso': '',
  'chroot/etc/fstab': '',
  'chroot.files': '',
  'chroot.packages.live': '',
  'binary/live/filesystem.squashfs': '',
  'tftpboot/x': '',
  'binary.modified_timestamps': '',
  'sha256sum.txt': '',
  'live-image-amd64.hybrid.iso': '',
  'live-image-amd64.hybrid.iso.zsync': '',
  'live-image-arm64.img': '',
  'live-image-amd64.netboot.tar': '',
  'live-image-amd64.tar.tar': '',
  'live-image-amd64.tar.tar.gz': '',
  'live-image-amd64.packages': '',
  'live-image-amd64.files': '',
  'live-image-amd64.contents': '',
  'source/x': '',
  'source.modified_timestamps': '',
  'live-image-source.debian.tar': '',
  'cache/packages.chroot/x.deb': '',
  'cache/bootstrap/x': '',
  'local/bin/': '',
  // The user's own:
  'live-image-backup.iso': '',
  'live-image-amd64.iso.torrent': '',
  'other-amd64.iso': '',
  'build.log': '',
  Makefile: '',
};

async function clean(argv: readonly string[], files: Readonly<Record<string, string>> = tree) {
  const directory = makeDirectory(files);
  const host = makeHost(directory, { LIVEWRIGHT_STORE: join(makeDirectory(), 'store') });
  const exitCode = await runMain(['clean', ...argv], host);
  const left = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return { exitCode, left, output: host.output(), errors: host.errors(), directory };
}

/** What is gone, directories without what was in them. */
function goneFrom(left: readonly string[]): readonly string[] {
  const paths = Object.keys(tree).flatMap((path) => {
    const parts = path.split('/').filter(Boolean);
    return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
  });
  const gone = [...new Set(paths)].filter((path) => !left.includes(path));
  return gone.filter((path) => !gone.some((other) => path.startsWith(`${other}/`))).sort();
}

const stage = ['.build/binary_iso', '.build/chroot_hooks', '.build/config', '.build/livewright'];
const chroot = ['chroot', 'chroot.files', 'chroot.packages.live'];
const binary = [
  'binary',
  'binary.modified_timestamps',
  'live-image-amd64.contents',
  'live-image-amd64.files',
  'live-image-amd64.hybrid.iso',
  'live-image-amd64.hybrid.iso.zsync',
  'live-image-amd64.netboot.tar',
  'live-image-amd64.packages',
  'live-image-amd64.tar.tar',
  'live-image-amd64.tar.tar.gz',
  'live-image-arm64.img',
  'sha256sum.txt',
  'tftpboot',
];
const source = ['live-image-source.debian.tar', 'source', 'source.modified_timestamps'];
const everything = [...stage, ...chroot, ...binary, ...source, 'local'];

test.each([
  ['', everything],
  ['--all', everything],
  ['--stage', stage],
  ['--chroot', ['.build/chroot_hooks', ...chroot]],
  ['--binary', ['.build/binary_iso', ...binary]],
  ['--source', source],
  ['--cache', ['cache']],
  ['--chroot --cache', ['.build/chroot_hooks', 'cache', ...chroot]],
  ['--remove', [...everything, 'cache/packages.chroot']],
  ['--purge', [...everything, 'cache']],
  ['--purg', [...everything, 'cache']],
  ['--remove --purge', [...everything, 'cache']],
])('lb clean %s', async (flags, gone) => {
  const { exitCode, left, errors } = await clean(flags.split(' ').filter(Boolean));
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  expect(goneFrom(left)).toEqual([...gone].sort());
});

test('the name and a foreign architecture come from config/', async () => {
  const files = {
    'config/common': 'LB_IMAGE_NAME="my.live"\n',
    'config/bootstrap': 'LB_ARCHITECTURES="m88k"\n',
    'my.live-m88k.img': '',
    'my.live-amd64.hybrid.iso': '',
    'myxlive-amd64.hybrid.iso': '',
    'live-image-amd64.hybrid.iso': '',
  };
  const { left } = await clean(['--binary'], files);
  expect(left.filter((name) => !name.startsWith('config'))).toEqual([
    'live-image-amd64.hybrid.iso',
    'myxlive-amd64.hybrid.iso',
  ]);
});

test('config/ that cannot be read is no obstacle', async () => {
  const { exitCode, left } = await clean([], { 'config/binary': 'LB_IMAGE_NAME="x"\nif (\n', 'x-amd64.iso': '' });
  expect({ exitCode, left }).toEqual({ exitCode: 0, left: ['config', 'config/binary'] });
});

test('it says what it removed', async () => {
  const { output } = await clean(['--source']);
  expect(output.slice(11)).toBe('Removed live-image-source.debian.tar, source, source.modified_timestamps.\n');
});

test('--purge says what was freed', async () => {
  const { output } = await clean(['--purge']);
  expect(output).toMatch(/Nothing in the store was used by this directory alone\.\n$/);
});

test('--purge drops what only this directory uses', async () => {
  const directory = makeDirectory({ 'config/': '' });
  const storeDirectory = join(makeDirectory(), 'store');
  const store = await openStore(storeDirectory);
  const blob = await store.putBytes('x'.repeat(5000));
  const key = 'a'.repeat(64) as Digest;
  await store.putAction({ key, step: 'rootfs', result: blob, durationMs: 1 });
  await store.putRoot(directory, [key]);
  await store.close();
  const host = makeHost(directory, { LIVEWRIGHT_STORE: storeDirectory });
  expect(await runMain(['clean', '--purge'], host)).toBe(0);
  expect(host.output()).toMatch(/Freed \d+\.\d kB, 1 result, in the store\.\n$/);
  expect(await store.hasBlob(blob)).toBe(false);
  await store.close();
});

test('in a directory called config nothing is removed', async () => {
  const parent = makeDirectory({ 'config/binary': 'x', 'config/chroot': 'x', 'config/.build/config': '' });
  const host = makeHost(join(parent, 'config'));
  expect(await runMain(['clean'], host)).toBe(2);
  expect(host.errors()).toBe(
    `lb: "${parent}/config" is a config directory, not a build directory.\n    Run "lb clean" in the directory above it.   [USAGE]\n`,
  );
  expect(readFileSync(join(parent, 'config/binary'), 'utf8')).toBe('x');
});

test('a directory that is no build directory is left alone', async () => {
  const { exitCode, left, errors } = await clean(['--purge'], { 'binary/x': '', 'cache/y': '' });
  expect({ exitCode, left }).toEqual({ exitCode: 0, left: ['binary', 'binary/x', 'cache', 'cache/y'] });
  expect(errors).toContain('This is no build directory');
});

test('of a link only the link is removed', async () => {
  const elsewhere = makeDirectory({ 'packages.chroot/x.deb': '' });
  const directory = makeDirectory({ 'config/': '' });
  symlinkSync(elsewhere, join(directory, 'cache'));
  expect(await runMain(['clean', '--cache'], makeHost(directory))).toBe(0);
  expect(existsSync(join(directory, 'cache'))).toBe(false);
  expect(readdirSync(elsewhere)).toEqual(['packages.chroot']);
});

test('nothing of config/ and auto/ is touched', async () => {
  const { left } = await clean(['--purge']);
  expect(left.filter((path) => /^(config|auto)/.test(path))).toEqual([
    'auto',
    'auto/config',
    'config',
    'config/binary',
    'config/includes.chroot',
    'config/includes.chroot/binary',
    'config/includes.chroot/binary/x',
  ]);
});

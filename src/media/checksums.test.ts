import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeChecksums } from './checksums.ts';

async function medium(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'checksums-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  return directory;
}

async function listed(directory: string, list = 'sha256sum.txt'): Promise<string[]> {
  const text = await readFile(join(directory, list), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^(\\?)[0-9a-f]+ {2}/, '$1'));
}

test('coreutils accepts the lists, odd names included', async () => {
  const directory = await medium({ 'a b': '1', 'dir/ü': '2', 'back\\slash': '3', 'line\nend': '4', empty: '' });
  await writeChecksums({ directory, algorithms: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] });
  for (const program of ['md5sum', 'sha1sum', 'sha224sum', 'sha256sum', 'sha384sum', 'sha512sum']) {
    const output = execFileSync(program, ['-c', '--strict', `${program}.txt`], { cwd: directory, encoding: 'utf8' });
    expect(output.match(/: OK$/gm)).toHaveLength(5);
  }
});

test('the list is the one that coreutils would have written, in the order of bytes', async () => {
  const directory = await medium({ b: '1', B: '2', 'a/c': '3', 'a-c': '4', '\u{1f600}': '5', '\uff5e': '6' });
  await writeChecksums({ directory, algorithms: ['sha256'] });
  const script = `find . -type f ! -name '*sum.*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum`;
  const expected = execFileSync('sh', ['-c', script], { cwd: directory, encoding: 'utf8' });
  expect(await readFile(join(directory, 'sha256sum.txt'), 'utf8')).toBe(expected);
});

test('boot images that xorriso changes and the lists themselves are not listed', async () => {
  const directory = await medium({
    'isolinux/isolinux.bin': 'x',
    'boot/grub/grub_eltorito': 'x',
    'dists/SHA256SUMS': 'x',
    'md5sum.txt': 'old',
    'live/filesystem.squashfs': 'x',
  });
  await writeChecksums({ directory, algorithms: ['sha256', 'md5'] });
  expect(await listed(directory)).toEqual(['./live/filesystem.squashfs']);
  expect(await listed(directory, 'md5sum.txt')).toEqual(['./live/filesystem.squashfs']);
});

test('a known sum is taken without reading, for its own algorithm only', async () => {
  const directory = await medium({ big: 'content' });
  const knownSha256 = new Map([['big', 'f'.repeat(64)]]);
  await writeChecksums({ directory, algorithms: ['sha256', 'md5'], knownSha256 });
  expect(await readFile(join(directory, 'sha256sum.txt'), 'utf8')).toBe(`${'f'.repeat(64)}  ./big\n`);
  // printf content | md5sum
  expect(await readFile(join(directory, 'md5sum.txt'), 'utf8')).toBe('9a0364b9e99bb480dd25e1f0284c8555  ./big\n');
});

test('progress counts the bytes read', async () => {
  const directory = await medium({ a: '12345', b: '678', c: 'known' });
  const seen: [number, number][] = [];
  const onProgress = (...counts: [number, number]) => seen.push(counts);
  await writeChecksums({
    directory,
    algorithms: ['sha256'],
    knownSha256: new Map([['c', 'f'.repeat(64)]]),
    onProgress,
  });
  expect(seen).toEqual([
    [5, 8],
    [8, 8],
  ]);
});

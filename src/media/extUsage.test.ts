import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { extUsedBytes } from './extUsage.ts';

test.each([
  ['ext2', 1024],
  ['ext4', 4096],
] as const)('%s, blocks of %i: what dumpe2fs says', async (type, blockSize) => {
  const image = join(await tempDirectory(), 'image');
  execFileSync('/sbin/mke2fs', ['-q', '-t', type, '-b', String(blockSize), image, '20M'], { stdio: 'pipe' });
  const text = execFileSync('/sbin/dumpe2fs', ['-h', image], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const count = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)$`, 'm').exec(text)?.[1]);
  const used = await extUsedBytes(image);
  expect(used).toBe((count('Block count') - count('Free blocks')) * blockSize);
  expect(used).toBeGreaterThan(0);
});

test('what is no such file system is refused', async () => {
  const file = join(await tempDirectory(), 'file');
  await writeFile(file, Buffer.alloc(4096));
  await expect(extUsedBytes(file)).rejects.toThrow('is no ext file system');
});

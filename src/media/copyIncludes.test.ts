import { mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { copyIncludes } from './copyIncludes.ts';

test('includes that are a link are copied like those that are a directory, and links in them stay links', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'livewright-includes-'));
  onTestFinished(() => rm(scratch, { recursive: true }));
  await mkdir(join(scratch, 'old/sub'), { recursive: true });
  await mkdir(join(scratch, 'medium/sub'), { recursive: true });
  await writeFile(join(scratch, 'old/sub/file'), 'new');
  await writeFile(join(scratch, 'medium/sub/file'), 'stock');
  await writeFile(join(scratch, 'medium/sub/other'), 'stays');
  await symlink('sub/file', join(scratch, 'old/link'));
  await symlink('old', join(scratch, 'includes'));
  await copyIncludes(join(scratch, 'includes'), join(scratch, 'medium'));
  expect(await readFile(join(scratch, 'medium/sub/file'), 'utf8')).toBe('new');
  expect(await readFile(join(scratch, 'medium/sub/other'), 'utf8')).toBe('stays');
  expect(await readlink(join(scratch, 'medium/link'))).toBe('sub/file');
});

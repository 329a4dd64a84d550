import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory, makeHost } from '../host.testing.ts';
import { runMain } from '../main.ts';

test('lb config writes the tree, and says for what only when it is new', async () => {
  const directory = makeDirectory();
  const first = makeHost(directory);
  expect(await runMain(['config', '--distribution', 'trixie', '-a', 'amd64'], first)).toBe(0);
  expect(first.errors()).toBe('');
  expect(first.output().slice(11)).toBe('Made config/ for trixie (amd64).\n');
  expect(existsSync(join(directory, '.build/config'))).toBe(true);
  const second = makeHost(directory);
  expect(await runMain(['config', 'noauto', '--image-name', 'mine'], second)).toBe(0);
  expect(second.output() + second.errors()).toBe('');
  expect(readFileSync(join(directory, 'config/common'), 'utf8')).toContain('LB_IMAGE_NAME="mine"');
});

test('a mistake in the words', async () => {
  const directory = makeDirectory();
  const host = makeHost(directory);
  expect(await runMain(['config', '--distributoin', 'trixie'], host)).toBe(2);
  expect(host.errors()).toContain('Did you mean "--distribution"?   [OPTION_UNKNOWN]\n');
  expect(existsSync(join(directory, 'config'))).toBe(false);
});

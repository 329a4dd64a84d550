import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory, makeHost } from '../host.testing.ts';
import { runMain } from '../main.ts';

/** Nothing of these needs a mirror: all that is wrong is found before anything runs, and before a store is made. */
async function run(argv: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const inTree = Object.entries(files).map(([name, text]) => [`tree/${name}`, text]);
  const directory = makeDirectory({ 'tree/': '', ...Object.fromEntries(inTree) });
  const tree = join(directory, 'tree');
  const config = ['config', '-d', 'trixie', '-a', 'amd64', '-m', 'http://127.0.0.1:1/debian/'];
  expect(await runMain(config, makeHost(tree))).toBe(0);
  const host = makeHost(tree, { PATH: '/usr/bin:/bin', LIVEWRIGHT_STORE: join(directory, 'store') });
  const exitCode = await runMain(argv, host);
  return { exitCode, errors: host.errors().replaceAll(/\s+/g, ' '), store: join(directory, 'store'), tree };
}

test.each([
  [['build', '--jobs', '0'], {}, '--jobs is "0"; expected a whole number from 1.', 'OPTION_VALUE'],
  [['build', '--profile', 'fast'], {}, 'Option "--profile" wants dev or release, not "fast"', 'OPTION_VALUE'],
  [['build', '--jobs', 'many'], {}, '--jobs is "many"', 'OPTION_VALUE'],
  [
    ['build'],
    { 'config/environment.chroot': 'what\n' },
    'config/environment.chroot:1: Expected NAME=value',
    'CONFIG_SYNTAX',
  ],
  [['build', '--dry-run'], { 'config/package-lists/a.list.chroot': 'vim # x\n' }, 'a.list.chroot:1', 'LIST_SYNTAX'],
  [['explain'], {}, 'needs STEP', 'USAGE'],
  [['explain', 'rotfs'], {}, 'Did you mean "rootfs"?', 'STEP_UNKNOWN'],
  [['explain', 'zzzzzzzzzz'], {}, 'The steps are: ', 'STEP_UNKNOWN'],
])('lb %j', async (argv, files, sentence, code) => {
  const { exitCode, errors, store, tree } = await run(argv, files as Readonly<Record<string, string>>);
  expect(errors).toContain(sentence);
  expect(errors).toContain(`[${code}]`);
  expect(exitCode).toBe(2);
  expect(existsSync(store)).toBe(false);
  expect(readdirSync(tree).filter((name) => name.startsWith('live-image'))).toEqual([]);
});

test('a bad SOURCE_DATE_EPOCH', async () => {
  const directory = makeDirectory();
  expect(await runMain(['config', '-d', 'trixie'], makeHost(directory))).toBe(0);
  const host = makeHost(directory, { PATH: '/usr/bin:/bin', SOURCE_DATE_EPOCH: 'today' });
  expect(await runMain(['build', '--dry-run'], host)).toBe(2);
  expect(host.errors()).toContain('SOURCE_DATE_EPOCH is "today"');
});

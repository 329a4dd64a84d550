import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeDirectory, makeHost } from '../host.testing.ts';
import { runMain } from '../main.ts';

// What `lb test` and `lb run` refuse before they fetch or start anything.
test.each([
  [['test'], 'There is no image ', 'IMAGE_NOT_FOUND'],
  [['run', '--serial'], 'There is no image ', 'IMAGE_NOT_FOUND'],
  [['test', 'no.iso'], '/no.iso.', 'IMAGE_NOT_FOUND'],
  [['test', 'x-amd64.iso', 'b.iso'], '/b.iso.', 'IMAGE_NOT_FOUND'],
  [['run', 'x-amd64.netboot.tar'], 'is an archive, which no machine starts by itself', 'USAGE'],
  [['run', 'a.iso', 'b.iso'], 'Expected one image, found 2: a.iso b.iso.', 'USAGE'],
  [['test', 'x-amd64.iso', '--boots', 'persistance'], 'Did you mean "persistence"?', 'OPTION_VALUE'],
  [['test', 'x-amd64.iso', '--jobs', '0'], '--jobs is "0"; expected guests', 'OPTION_VALUE'],
  [['test', 'x-amd64.iso', '--boots', 'bios-dc'], 'Did you mean "bios-cd"?', 'OPTION_VALUE'],
  [['test', 'x-amd64.iso', '--boots', 'toString'], 'no way to boot called "toString"', 'OPTION_VALUE'],
  [['test', 'x-amd64.iso', '--boots', ','], 'no way to boot called ""', 'OPTION_VALUE'],
  [['test', 'x-amd64.iso', '--timeout', 'soon'], '--timeout is "soon"; expected seconds', 'OPTION_VALUE'],
  [['test', 'x-amd64.iso', '--memory', '0'], 'For example: lb test --memory 1024.', 'OPTION_VALUE'],
  [['run', 'x-amd64.iso', '--memory', '-1', '--serial'], '--memory is "-1"; expected MiB', 'OPTION_VALUE'],
  [['run', 'x-amd64.iso'], 'There is no display to open a window on', 'USAGE'],
])('lb %j: %s', async (argv, sentence, code) => {
  const directory = makeDirectory({ 'x-amd64.iso': '', '.build/config': '' });
  const host = makeHost(directory);
  expect(await runMain(argv, host)).toBe(2);
  expect(host.errors().replaceAll(/\s+/g, ' ')).toContain(sentence);
  expect(host.errors()).toContain(`[${code}]`);
});

test('an image named on the command line needs no configuration that can be read', async () => {
  const directory = makeDirectory({ 'x-amd64.iso': '', '.build/config': '', 'config/common': 'rm -rf x\n' });
  const host = makeHost(directory);
  expect(await runMain(['run', 'x-amd64.iso'], host)).toBe(2);
  expect(host.errors()).toContain('There is no display');
  expect(readFileSync(`${directory}/config/common`, 'utf8')).toBe('rm -rf x\n');
});

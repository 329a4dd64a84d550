import { expect, test } from 'vitest';
import { readHostFacts, toDebianArchitecture } from './hostFacts.ts';
import { makeTree } from './tree.testing.ts';

test.each([
  ['x64', 'amd64'],
  ['arm64', 'arm64'],
  ['ia32', 'i386'],
])('%s is %s', (node, debian) => expect(toDebianArchitecture(node)).toBe(debian));

test('a processor that Debian does not know is an error with a remedy', () => {
  expect(() => toDebianArchitecture('mips')).toThrowError(expect.objectContaining({ code: 'CONFIG_VALUE' }));
});

test('facts of a tree and its environment', async () => {
  const directory = await makeTree({ 'config/debian-installer/preseed.cfg': '', 'apt/sources.list': '' });
  const aptDirectory = `${directory}/apt`;
  expect(await readHostFacts({ directory, env: {}, aptDirectory })).toMatchObject({
    isReproducible: false,
    hasPreseedFile: true,
  });
  const env = { SOURCE_DATE_EPOCH: '1' };
  expect(await readHostFacts({ directory: aptDirectory, env, aptDirectory })).toMatchObject({
    isReproducible: true,
    hasPreseedFile: false,
  });
});

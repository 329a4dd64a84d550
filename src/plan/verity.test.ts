import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTree } from '../config/tree.testing.ts';
import { signCommand } from './verity.ts';

test('a command that signs sees config/ and the files that it names', async () => {
  const directory = await makeTree({ 'config/sign.sh': '#!/bin/sh\n', 'keys/a.pem': 'key', 'keys/b.pem': 'other' });
  const absolute = join(directory, 'keys/b.pem');
  const { words, files } = signCommand(directory, ` config/sign.sh  keys/a.pem ${absolute} keys/none `);
  expect(words).toEqual(['config/sign.sh', 'keys/a.pem', absolute, 'keys/none']);
  expect(files.map(({ name }) => name)).toEqual(['keys/a.pem', absolute]);
});

test('another key is another command, and so is another script', async () => {
  const digests = async (key: string, script: string) => {
    const directory = await makeTree({ 'config/sign.sh': script, 'keys/a.pem': key });
    const { config, files } = signCommand(directory, 'config/sign.sh keys/a.pem');
    return [await config.digest(), await files[0]?.digest()];
  };
  const [first, otherKey, otherScript] = [await digests('1', 'a'), await digests('2', 'a'), await digests('1', 'b')];
  expect(otherKey[0]).toBe(first[0]);
  expect(otherKey[1]).not.toBe(first[1]);
  expect(otherScript[0]).not.toBe(first[0]);
});

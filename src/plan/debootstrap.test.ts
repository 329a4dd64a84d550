import { expect, test } from 'vitest';
import { configOf, makeTree } from '../config/tree.testing.ts';
import { bootstrapWishes, debootstrapKeyrings, forMirror, parseDebootstrapOptions } from './debootstrap.ts';

const nothing = { variant: 'standard', include: [], exclude: [] };

test.each([
  ['', nothing],
  ['  ', nothing],
  ['--variant=minbase', { ...nothing, variant: 'minbase' }],
  ['--variant=-', nothing],
  ['--include=a,b --include=c --exclude=d', { ...nothing, include: ['a', 'b', 'c'], exclude: ['d'] }],
  ['--include=', nothing],
  ['--no-merged-usr --components=main,contrib --unpack-tarball=/srv/base.tar --no-resolve-deps', nothing],
  ['--keyring=/usr/share/keyrings/a.gpg --no-check-gpg --extractor=ar --merged-usr --verbose', nothing],
])('%j', (text, wishes) => {
  expect(parseDebootstrapOptions(text)).toEqual(wishes);
});

test.each(['--variant=buildd', '--foreign', 'minbase', '--variant', '--variant=toString'])('%s is refused', (word) => {
  const place = { path: 'config/bootstrap', line: 1 };
  const parse = () => parseDebootstrapOptions(`--include=a ${word}`, place);
  expect(parse).toThrow(
    expect.objectContaining({ code: 'NOT_SUPPORTED', place, message: expect.stringContaining(word) }),
  );
});

test.each(['--arch=amd64', '--arch amd64', '--arch=i386'])('of the architecture that is built, %s', async (word) => {
  const env = { DEBOOTSTRAP_OPTIONS: `${word} --variant=minbase` };
  const { values } = await configOf(await makeTree({}), '--architecture amd64', env);
  const wishes = () => bootstrapWishes(values);
  if (word.endsWith('i386')) expect(wishes).toThrow('"--arch=i386"');
  else expect(wishes()).toEqual({ ...nothing, variant: 'minbase' });
});

test('keyrings', () => {
  expect(debootstrapKeyrings('--keyring=a.gpg --variant=minbase --keyring=/b/c.asc')).toEqual(['a.gpg', '/b/c.asc']);
});

test('a base system from a mirror over HTTPS has the certificates to trust it', () => {
  const wishes = parseDebootstrapOptions('--include=a');
  expect(forMirror(wishes, 'https://mirror.example/debian').include).toEqual(['a', 'ca-certificates']);
  expect(forMirror(wishes, 'http://mirror.example/debian')).toEqual(wishes);
});

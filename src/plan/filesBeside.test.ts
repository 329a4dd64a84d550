import { expect, test } from 'vitest';
import { makeTree } from '../config/tree.testing.ts';
import { filesBeside } from './filesBeside.ts';

const hook = 'config/hooks/normal/0100-a.hook.binary';

const stale = { 'chroot.packages.live': '', 'live-image-amd64.contents': '', 'binary.modified_timestamps': '' };

async function namesOf(script: string, files: Readonly<Record<string, string>> = {}) {
  const directory = await makeTree({ [hook]: script, 'cmdline.sh': '', 'data/a': '', ...stale, ...files });
  return (await filesBeside(directory, `${directory}/${hook}`, 'live-image')).map(({ name }) => name);
}

test.each([
  ['. ../cmdline.sh', ['cmdline.sh']],
  ['cp -r ../data/a "../cmdline.sh" .', ['cmdline.sh', 'data']],
  ['cp ../absent .', []],
  // These it has anyway.
  ['cp ../config/common ../chroot/etc/x ../binary/y ../../z .', []],
  ['cp data .', []],
  // Of an earlier build.
  ['cat ../chroot.packages.live ../live-image-amd64.contents ../binary.modified_timestamps', []],
])('%s', async (script, names) => {
  expect(await namesOf(script)).toEqual(names);
});

test('programs of local/bin are there for every hook', async () => {
  expect(await namesOf('tool', { 'local/bin/tool': '' })).toEqual(['local']);
});

test('a change of what a hook reads is another digest', async () => {
  const digests = async (text: string) => {
    const directory = await makeTree({ [hook]: '. ../data ../cmdline.sh', 'data/a': text, 'cmdline.sh': text });
    return Promise.all(
      (await filesBeside(directory, `${directory}/${hook}`, 'live-image')).map(({ digest }) => digest()),
    );
  };
  const [one, again, two] = [await digests('1'), await digests('1'), await digests('2')];
  expect(one).toEqual(again);
  for (const [index, digest] of two.entries()) expect(digest).not.toBe(one[index]);
});

import { expect, test } from 'vitest';
import { configOf, makeTree } from '../config/tree.testing.ts';
import { indexSources, sourcesListText } from './sources.ts';

const valuesOf = async (commandLine: string) => (await configOf(await makeTree({}), commandLine)).values;
const own =
  '--parent-mirror-bootstrap http://a.example/debian/ --parent-mirror-chroot http://b.example/debian/ ' +
  '--parent-mirror-chroot-security http://c.example/security/ --parent-mirror-binary http://d.example/debian/ ' +
  '--parent-mirror-binary-security http://e.example/security/';

// What trixie's live-build writes for the same options (functions/sourcelist.sh).
test('the file that live-build writes', async () => {
  const values = await valuesOf(`-d trixie --proposed-updates true --backports true --archive-areas main ${own}`);
  expect(sourcesListText(values, 'Chroot')).toBe(`deb http://b.example/debian/ trixie main
deb-src http://b.example/debian/ trixie main
deb http://c.example/security/ trixie-security main
deb-src http://c.example/security/ trixie-security main
deb http://b.example/debian/ trixie-updates main
deb-src http://b.example/debian/ trixie-updates main
deb http://b.example/debian/ trixie-proposed-updates main
deb-src http://b.example/debian/ trixie-proposed-updates main
deb http://b.example/debian/ trixie-backports main
deb-src http://b.example/debian/ trixie-backports main
`);
});

test('the image’s own mirrors, and sources that are not wanted', async () => {
  const values = await valuesOf(`-d trixie --apt-source-archives false --updates false --security false ${own}`);
  expect(sourcesListText(values, 'Binary')).toMatch(/^deb http:\/\/d\.example.*\n#deb-src http:\/\/d\.example.*\n$/);
});

const suitesOf = (commandLine: string) =>
  valuesOf(commandLine).then((values) => indexSources(values, 'Chroot').map(({ suite }) => suite));

test.each([
  ['-d trixie', ['trixie', 'trixie-security', 'trixie-updates']],
  ['-d bookworm --updates false', ['bookworm', 'bookworm-security']],
  ['-d buster', ['buster', 'buster/updates', 'buster-updates']],
  ['-d sid --security true --updates true --backports true --proposed-updates true', ['sid']],
  ['-d trixie --security false --updates false', ['trixie']],
])('suites of %s', async (commandLine, suites) => {
  expect(await suitesOf(commandLine)).toEqual(suites);
});

test('the package set comes from all areas and one architecture', async () => {
  const values = await valuesOf(`-d trixie -a arm64 --archive-areas main,non-free-firmware ${own}`);
  expect(indexSources(values, 'Chroot')[1]).toEqual({
    ...{ uri: 'http://c.example/security/', suite: 'trixie-security', architectures: ['arm64'] },
    components: ['main', 'non-free-firmware'],
  });
});

test('a derivative: its own mirrors where no parent’s are set, and no suites that only Debian has', async () => {
  const words =
    '--mode kali -d kali-rolling --mirror-bootstrap http://k.example/kali --mirror-binary http://l.example/kali';
  const values = await valuesOf(`${words} --security true --backports true --updates false`);
  expect(indexSources(values, 'Chroot')).toMatchObject([{ uri: 'http://k.example/kali', suite: 'kali-rolling' }]);
  expect(sourcesListText(values, 'Binary')).toMatch(/^deb http:\/\/l\.example\/kali kali-rolling main.*\n.*\n$/);
  const parent = await valuesOf(`${words} --parent-mirror-chroot http://p.example/debian --parent-distribution trixie`);
  expect(indexSources(parent, 'Chroot').map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
    'http://p.example/debian trixie',
    'http://p.example/debian trixie-updates',
  ]);
});

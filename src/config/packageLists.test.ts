import { expect, test } from 'vitest';
import type { ListEntry } from './packageList.ts';
import { readPackageLists } from './packageLists.ts';
import { configOf, makeTree } from './tree.testing.ts';

async function readLists(lists: Record<string, string | readonly ['link', string]>, commandLine = '', env = {}) {
  const files = Object.entries(lists).map(([name, content]) => [`config/package-lists/${name}`, content] as const);
  const directory = await makeTree(Object.fromEntries(files));
  return readPackageLists(directory, await configOf(directory, commandLine), env);
}

const show = (entries: readonly ListEntry[]) =>
  entries.map((entry) => (entry.kind === 'wish' ? entry.spec : `! ${entry.command}`)).join(' ');

test('each pass takes its lists, by ending and then by name', async () => {
  const { passes } = await readLists({
    'b.list.chroot': 'b',
    'a.list.chroot': 'a\n',
    'z.list': 'z',
    'c.list.chroot_install': 'c',
    'd.list.chroot_live': 'd',
    'e.list.binary': 'e',
    'B.list.chroot': 'B',
    'notes.txt': 'no',
    'f.list.chroot~': 'no',
    '.hidden.list.chroot': 'no',
    'sub/g.list.chroot': 'no',
  });
  expect(show(passes.install)).toBe('z B a b c');
  expect(show(passes.live)).toBe('z B a b d');
  expect(show(passes.binary)).toBe('z e');
});

test('a condition may ask for what is no option: names of earlier days, and that it is no derivative of live-build’s kind', async () => {
  const text =
    '#if DERIVATIVE false\na\n#endif\n#if ARCHITECTURES amd64\nb\n#endif\n#nif LINUX_FLAVOURS rt-amd64\nc\n#endif\n';
  const { passes, warnings } = await readLists({ 'x.list.chroot': text });
  expect([show(passes.install), warnings]).toEqual(['a b c', []]);
});

const list = `# comment
  vim   less

#if ARCHITECTURES amd64 i386
grub-pc
! Packages Priority standard
#endif
#nif DISTRIBUTION trixie
not-in-trixie
! rm -rf /
#endif
#if ARCHIVE_AREAS contrib
from-contrib
#endif
#if LINUX_FLAVOURS 686
for-686
#endif
#if EDITION full
full
#endif
linux-image:arm64 apt=2.0 vim/stable emacs- ^task  `;

test.each([
  ['', {}, 'vim less grub-pc ! Packages Priority standard linux-image:arm64 apt=2.0 vim/stable emacs- ^task'],
  ['-d sid -a arm64', {}, 'vim less not-in-trixie ! rm -rf / linux-image:arm64 apt=2.0 vim/stable emacs- ^task'],
  [
    '-a i386 -k 686:i386 --archive-areas main,contrib',
    { LB_EDITION: 'small full' },
    'vim less grub-pc ! Packages Priority standard from-contrib for-686 full linux-image:arm64 apt=2.0 vim/stable emacs- ^task',
  ],
])('conditions with lb config %s', async (commandLine, env, expected) => {
  const { passes } = await readLists({ 'x.list.chroot': list }, commandLine, env);
  expect(show(passes.install)).toBe(expected);
});

test('every wish knows its line', async () => {
  const { passes } = await readLists({ 'x.list.chroot': '#if MODE debian\r\na b\r\n#endif\r\n! c\r\n' });
  expect(passes.install.map(({ place }) => [place.path, place.line])).toEqual([
    ['config/package-lists/x.list.chroot', 2],
    ['config/package-lists/x.list.chroot', 2],
    ['config/package-lists/x.list.chroot', 4],
  ]);
});

test.each([
  ['vim # an editor', 1, 'Expected the name of a package, found "#".'],
  ['#if MODE debian\n\n#nif MODE x\n', 3, 'A condition cannot begin inside the one of line 1.'],
])('%j is refused', async (text, line, message) => {
  const place = { path: 'config/package-lists/x.list.chroot', line };
  await expect(readLists({ 'x.list.chroot': text })).rejects.toMatchObject({ code: 'LIST_SYNTAX', message, place });
});

test('warnings: a condition on nothing, one that is not closed, a link to nowhere', async () => {
  const { warnings, passes } = await readLists({
    'x.list.chroot': '#if LB_APT_RECOMMENDS true\na\n',
    'y.list.chroot': ['link', 'nowhere'],
  });
  expect(show(passes.install)).toBe('');
  expect(warnings).toMatchObject([
    { hint: 'Write APT_RECOMMENDS, without LB_.', place: { line: 1 } },
    { message: 'The condition has no #endif.', place: { line: 1 } },
    { place: { path: 'config/package-lists/y.list.chroot' } },
  ]);
});

import { expect, test } from 'vitest';
import { Stanzas } from './stanzas.ts';
import { checkWishes, foreignArchitectures, wishName } from './wishes.ts';

const stanzas = new Stanzas();
for (const name of ['vim', 'g++', 'lib3-', 'firefox-esr']) stanzas.add(`Package: ${name}\nProvides: ${name}-virtual\n`);
const isKnown = (name: string): boolean => stanzas.has(name);

test.each([
  ['vim', 'vim'],
  ['vim=2:9.1.1230-2', 'vim'],
  ['vim/trixie-backports', 'vim'],
  ['vim:amd64', 'vim'],
  ['vim:amd64=2:9.1-1', 'vim'],
  ['vim-', 'vim'],
  ['vim+', 'vim'],
  ['vim:amd64-', 'vim'],
  ['g++', 'g++'],
  ['g++-', 'g++'],
  ['lib3-', 'lib3-'],
  ['unknown-', 'unknown'],
])('%s is about %s', (spec, name) => {
  expect(wishName(spec, isKnown)).toBe(name);
});

test.each([
  ...['vim', 'vim=2:9.1.1230-2', 'vim:amd64', 'vim:any', 'vim:native', 'vim:amd64-', 'g++', 'g++-', 'vim/sid'],
  ...['vim-virtual', '^a-task', '~nvim', '?name(vim)', 'vi*', 'vim=9.1~rc1-1', 'vim=*'],
])('%s may be asked for', (spec) => {
  expect(() => checkWishes([{ spec }], stanzas, ['amd64', 'arm64'])).not.toThrow();
});

const place = { path: 'config/package-lists/a.list.chroot', line: 3 };
test.each([
  ['firefox-ers', 'PACKAGE_NOT_FOUND', 'Did you mean "firefox-esr"?'],
  ['vom=1:2~rc1', 'PACKAGE_NOT_FOUND', 'Did you mean "vim"?'],
  ['zzzzzzzzzz', 'PACKAGE_NOT_FOUND', 'Check the spelling'],
  ['(', 'PACKAGE_NOT_FOUND', 'Check the spelling'],
  ['vim:i386', 'NOT_SUPPORTED', 'what a command says comes too late'],
  ['vim:i386=2:9.1', 'NOT_SUPPORTED', 'what a command says comes too late'],
])('%s is refused with its place: %s', (spec, code, hint) => {
  const check = () => checkWishes([{ spec: 'vim' }, { spec, place }], stanzas, ['amd64']);
  expect(check).toThrow(expect.objectContaining({ code, place, hint: expect.stringContaining(hint) }));
});

test('architectures besides the image’s own', () => {
  const specs = ['vim:i386', 'less:amd64', 'g++:i386=2:9.1', 'wine:armhf-', 'a:any', 'b=1:2', 'c/sid', '~nx:y'];
  expect(foreignArchitectures(specs, 'amd64')).toEqual(['armhf', 'i386']);
});

test('a kernel where there are none is told as that', () => {
  const check = (name: string, known: string) => {
    const archive = new Stanzas();
    for (const one of ['linux-libc-dev', known]) archive.add(`Package: ${one}\n`);
    return () => checkWishes([{ spec: name }], archive, ['i386']);
  };
  expect(check('linux-image-686-pae', 'vim')).toThrow(
    expect.objectContaining({
      code: 'PACKAGE_NOT_FOUND',
      message: expect.stringContaining('no kernel for this architecture'),
      hint: expect.stringContaining('--distribution bookworm'),
    }),
  );
  expect(check('linux-image-686-pea', 'linux-image-686-pae')).toThrow(
    expect.objectContaining({ hint: 'Did you mean "linux-image-686-pae"?' }),
  );
});

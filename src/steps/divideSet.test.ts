import { expect, test } from 'vitest';
import { type Dividing, divideSet, type WishGroup } from './divideSet.ts';
import { Stanzas } from './stanzas.ts';

/** `name: Field text; Field text` a line. */
function archive(text: string): Stanzas {
  const stanzas = new Stanzas();
  for (const line of text.trim().split('\n')) {
    const [, name = '', fields = ''] = /^\s*(\S+):(?: (.*))?$/.exec(line) ?? [];
    const rows = fields.split(';').map((field) => field.trim().replace(' ', ': '));
    stanzas.add([`Package: ${name}`, 'Version: 1', 'Architecture: all', ...rows].filter(Boolean).join('\n'));
  }
  return stanzas;
}

const system = archive(`
  kernel: Depends initramfs, linux-base | linux-base-too
  initramfs: Pre-Depends busybox (>= 1)
  busybox:
  linux-base:
  editor: Depends lib, mail-transport-agent, shared; Recommends spelling
  lib: Depends libc6
  exim: Provides mail-transport-agent, smtp (= 4)
  browser: Depends lib, shared, toolkit (>= 2) | toolkit-old (>= 1)
  shared:
  toolkit:
  toolkit-old:
  spelling:
  mouse: Provides pointer
  member: Task desk
`);

function divide(names: string, groups: Record<string, string>, more: Partial<Dividing> = {}) {
  const installed = names.split(' ').map((name) => ({ name, version: '1', architecture: 'all' }));
  const wishes = Object.entries(groups).map(
    ([name, specs]): WishGroup => ({ name, specs: specs.split(' ').filter(Boolean) }),
  );
  const chosen = { installed, removed: [], selected: [], ...more.chosen };
  const sets = divideSet({
    ...{ groups: wishes, stanzas: system, isInstalled: (name) => name === 'libc6', recommends: false, ...more, chosen },
  });
  return sets.map((set) =>
    set
      .map(({ name }) => name)
      .toSorted()
      .join(' '),
  );
}

const everything = 'kernel initramfs busybox linux-base editor lib exim browser shared toolkit';

test('each package goes with the first group that needs it', () => {
  expect(divide(everything, { options: 'kernel', a: 'editor', b: 'browser' })).toEqual([
    'busybox initramfs kernel linux-base',
    'editor exim lib shared',
    'browser toolkit',
  ]);
});

test('what joins a later group changes no earlier one', () => {
  const before = divide(everything, { options: 'kernel', a: 'editor', b: 'browser' });
  const after = divide(`${everything} spelling mouse`, { options: 'kernel', a: 'editor', b: 'browser spelling mouse' });
  expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
  expect(after[2]).toBe('browser mouse spelling toolkit');
});

test('recommended packages belong to those that recommend them, where apt follows that', () => {
  const groups = { a: 'editor', b: 'browser spelling' };
  expect(divide(`${everything} spelling`, groups, { recommends: true })[0]).toContain('spelling');
  expect(divide(`${everything} spelling`, groups)[1]).toContain('spelling');
});

test('of alternatives with versions all are taken, since any may be the one', () => {
  expect(divide('browser lib shared toolkit toolkit-old', { a: 'browser', b: 'toolkit-old' })).toEqual([
    'browser lib shared toolkit toolkit-old',
    '',
  ]);
});

test('a virtual package, a version, an architecture and a suite are wishes for the real one', () => {
  expect(divide('mouse lib shared toolkit', { a: 'pointer', b: 'lib=1', c: 'shared:all', d: 'toolkit/sid' })).toEqual([
    ...['mouse', 'lib', 'shared', 'toolkit'],
  ]);
});

test('members of a task go to the list that names it; what nobody is known to want, to the last', () => {
  const chosen = { installed: [], removed: [], selected: ['member'] };
  const installed = ['member', 'lib', 'mouse'].map((name) => ({ name, version: '1', architecture: 'all' }));
  const groups = { a: 'desk^', b: 'lib', c: '' };
  expect(divide('', groups, { chosen: { ...chosen, installed } })).toEqual(['member', 'lib mouse', '']);
});

test('where something is removed or replaced, all goes together', () => {
  const installed = ['editor', 'browser'].map((name) => ({ name, version: '1', architecture: 'all' }));
  const groups = { a: 'editor', b: 'browser' };
  const removed = divide('', groups, { chosen: { installed, removed: ['nano'], selected: [] } });
  expect(removed).toEqual(['browser editor', '']);
  expect(divide('editor browser', groups, { isInstalled: (name) => name === 'browser' })).toEqual(removed);
});

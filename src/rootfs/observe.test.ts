import { expect, test } from 'vitest';
import type { ManifestEntry } from './manifest.ts';
import { emptyTree, layOver, type MergedNode } from './mergedTree.ts';
import { observe, resolveIn } from './observe.ts';

type Row = Partial<ManifestEntry> & Pick<ManifestEntry, 'path'>;

const plain = { mode: 0o755, uid: 0, gid: 0, mtimeSeconds: 1, sizeBytes: 0, content: '' };
const directory = (path: string): Row => ({ path, type: 'd' });
const file = (path: string, content: string): Row => ({ path, type: 'f', content, sizeBytes: 1 });
const link = (path: string, content: string): Row => ({ path, type: 'l', content });

function treeOf(...rows: Row[]): MergedNode {
  const entries = [directory('.'), ...rows].map((row): ManifestEntry => ({ type: 'f', ...plain, ...row }));
  return layOver(emptyTree, entries, 0);
}

const base = [
  directory('usr'),
  directory('usr/bin'),
  file('usr/bin/tool', 'one'),
  link('bin', 'usr/bin'),
  link('usr/up', '../usr/bin/tool'),
  link('loop', 'loop'),
  link('usr/escape', '../../../usr/bin/tool'),
];

test.each([
  ['/usr/bin/tool', 'usr/bin/tool'],
  ['/bin/tool', 'usr/bin/tool'],
  ['/bin/../bin/tool', 'usr/bin/tool'],
  ['//usr/./bin//tool', 'usr/bin/tool'],
  ['/usr/up', 'usr/bin/tool'],
  ['/usr/escape', 'usr/bin/tool'],
  ['/../usr', 'usr'],
  ['/', '.'],
  ['/bin/none', undefined],
  ['/none/../usr', undefined],
  ['/loop', undefined],
])('%s is %s', (path, expected) => {
  expect(resolveIn(treeOf(...base), path).node?.entry?.path).toBe(expected);
});

const replace = (path: string, change: Partial<ManifestEntry>): Row[] =>
  base.map((row) => (row.path === path ? { ...row, ...change } : row));

/** A path, how it was looked at, a change, and whether it shows. */
test.each<[string, 'state' | 'content' | 'names', string, Row[], boolean]>([
  ['/bin/tool', 'content', 'other bytes', replace('usr/bin/tool', { content: 'two' }), true],
  ['/bin/tool', 'state', 'other bytes of the same size', replace('usr/bin/tool', { content: 'two' }), false],
  ['/bin/tool', 'state', 'another size', replace('usr/bin/tool', { content: 'two', sizeBytes: 2 }), true],
  ['/bin/tool', 'state', 'another mode', replace('usr/bin/tool', { mode: 0o700 }), true],
  ['/bin/tool', 'state', 'another owner', replace('usr/bin/tool', { uid: 1 }), true],
  ['/bin/tool', 'state', 'another time', replace('usr/bin/tool', { mtimeSeconds: 2 }), true],
  ['/bin/tool', 'state', 'an attribute', replace('usr/bin/tool', { xattrs: { 'user.a': '00' } }), true],
  ['/bin/tool', 'state', 'a link on the way', [...replace('bin', { content: 'usr' }), file('usr/tool', 'one')], true],
  ['/bin/none', 'state', 'what was not there', [...base, file('usr/bin/none', 'one')], true],
  ['/bin', 'names', 'a new name in the directory', [...base, file('usr/bin/new', 'one')], true],
  ['/bin', 'content', 'a new name in the directory', [...base, file('usr/bin/new', 'one')], false],
  ['/bin', 'names', 'other bytes in it', replace('usr/bin/tool', { content: 'two' }), false],
  ['/bin', 'names', 'another type in it', replace('usr/bin/tool', { type: 'l', content: 'x' }), true],
  ['/bin', 'state', 'a new name in the directory', [...base, file('usr/bin/new', 'one')], false],
  ['/usr', 'names', 'a new name two levels down', [...base, file('usr/bin/new', 'one')], false],
])('%s, its %s: %s', (path, kind, _, changed, shows) => {
  const isSame = observe(treeOf(...base), path, kind) === observe(treeOf(...changed), path, kind);
  expect(isSame).toBe(!shows);
});

import { expect, test } from 'vitest';
import type { ManifestEntry } from './manifest.ts';
import { emptyTree, layOver, listTree, type MergedNode } from './mergedTree.ts';

/** `d etc`, `f etc/a=content`, `l etc/b=target`, `w etc/c`, `o etc` (an opaque directory). */
function entry(text: string): ManifestEntry {
  const [, type = '', path = '', content = ''] = /^(\w) ([^=]+)=?(.*)$/.exec(text) ?? [];
  const isOpaque = type === 'o';
  return {
    ...{ path, mode: 0o644, uid: 0, gid: 0, mtimeSeconds: 1, sizeBytes: content.length, content },
    type: (isOpaque ? 'd' : type) as ManifestEntry['type'],
    ...(isOpaque && { xattrs: { 'user.overlay.opaque': '79' } }),
  };
}

const layer = (texts: string): ManifestEntry[] =>
  ['d .', ...texts.split(', ').filter((text) => text !== '')].map(entry);

const stack = (...layers: string[]): MergedNode =>
  layers.reduce((below, texts, number) => layOver(below, layer(texts), number), emptyTree);

const shown = (tree: MergedNode): string[] =>
  listTree(tree).map(({ type, path, content, layer: from }) => `${type}${from} ${path}${content && `=${content}`}`);

test.each([
  ['what is above hides what is below', ['f a=1', 'f a=2'], ['f1 a=2']],
  ['directories are merged, the upper one tells', ['d e, f e/a=1', 'd e, f e/b=2'], ['d1 e', 'f0 e/a=1', 'f1 e/b=2']],
  ['a whiteout deletes a file', ['f a=1, f b=2', 'w a'], ['f0 b=2']],
  ['a whiteout deletes a directory and what is in it', ['d e, f e/a=1', 'w e'], []],
  ['a whiteout of nothing is nothing', ['', 'w a'], []],
  ['an opaque directory starts anew', ['d e, f e/a=1', 'o e, f e/b=2'], ['d1 e', 'f1 e/b=2']],
  ['a file replaces a directory', ['d e, f e/a=1', 'f e=2'], ['f1 e=2']],
  ['a directory replaces a file', ['f e=1', 'd e, f e/a=2'], ['d1 e', 'f1 e/a=2']],
  ['a deleted name can come back', ['f a=1', 'w a', 'f a=3'], ['f2 a=3']],
  [
    'names are in the order of their bytes',
    ['d e, f e/b=1, f e.x=2, f e/a=3'],
    ['d0 e', 'f0 e/a=3', 'f0 e/b=1', 'f0 e.x=2'],
  ],
])('%s', (_, layers, expected) => {
  expect(shown(stack(...layers)).slice(1)).toEqual(expected);
});

test("the upper layer's root is the root, and overlayfs's own notes are nowhere", () => {
  const tree = stack('', 'o e');
  expect(shown(tree)[0]).toBe('d1 .');
  expect(listTree(tree).every(({ xattrs }) => xattrs === undefined)).toBe(true);
});

test('other attributes stay', () => {
  const capable = { ...entry('f a=1'), xattrs: { 'security.capability': '01', 'user.overlay.origin': '00' } };
  const [, file] = listTree(layOver(emptyTree, [entry('d .'), capable], 0));
  expect(file?.xattrs).toEqual({ 'security.capability': '01' });
});

test('names of a hard link are one file, until one of them is replaced', () => {
  const below = stack('f a=1, f b==a');
  expect(
    listTree(below)
      .map(({ inode, content }) => [inode, content])
      .slice(1),
  ).toEqual([
    ['0:a', '1'],
    ['0:a', '1'],
  ]);
  const above = layOver(below, layer('f a=2'), 1);
  expect(
    listTree(above)
      .map(({ inode, content }) => [inode, content])
      .slice(1),
  ).toEqual([
    ['1:a', '2'],
    ['0:a', '1'],
  ]);
});

test('what a layer changes does not show in the tree below it', () => {
  const below = stack('d e, d e/f, f e/f/a=1');
  const before = shown(below);
  layOver(below, layer('d e, d e/f, f e/f/a=2, w e/f/b'), 1);
  layOver(below, layer('w e'), 1);
  expect(shown(below)).toEqual(before);
});

test('a manifest in which a directory is missing is refused', () => {
  expect(() => stack('f e/a=1')).toThrow('"e/a" before the directory');
});

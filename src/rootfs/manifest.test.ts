import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ManifestEntry, parseManifest, writeManifest } from './manifest.ts';

const file: ManifestEntry = {
  ...{ path: 'usr/bin/ping', type: 'f', mode: 0o755, uid: 0, gid: 5, mtimeSeconds: 12, sizeBytes: 3 },
  content: 'ab',
};

test('one row a line', () => {
  const link = { ...file, path: '.', type: 'l', content: 'to', xattrs: { 'user.b': '00', 'user.a': '' } } as const;
  expect(writeManifest([file, link, { ...file, path: 'a', xattrs: {} }])).toBe(
    '[".","l","755",0,5,12,3,"to",{"user.b":"00","user.a":""}]\n' +
      '["a","f","755",0,5,12,3,"ab"]\n' +
      '["usr/bin/ping","f","755",0,5,12,3,"ab"]\n',
  );
});

test('the order is that of bytes, not of UTF-16', () => {
  // U+1F4BE is encoded above U+FF5E in UTF-8 and below it in UTF-16.
  const paths = ['\u{1F4BE}', '\uFF5E', 'b', 'B', 'a/b', 'a-b', 'a'];
  const written = parseManifest(writeManifest(paths.map((path) => ({ ...file, path }))));
  expect(written.map(({ path }) => path)).toEqual(['B', 'a', 'a-b', 'a/b', 'b', '\uFF5E', '\u{1F4BE}']);
});

const entries = fc.uniqueArray(
  fc.record({
    path: fc.string({ minLength: 1 }),
    type: fc.constantFrom('f', 'd', 'l', 'c', 'b', 'p', 's', 'w'),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    uid: fc.nat(),
    gid: fc.nat(),
    mtimeSeconds: fc.integer(),
    sizeBytes: fc.nat(),
    content: fc.string(),
  }),
  { selector: ({ path }) => path },
);

test('what is written is read back, and equal layers have equal text whatever the order', () => {
  fc.assert(
    fc.property(entries, (list) => {
      const text = writeManifest(list);
      expect(writeManifest(list.toReversed())).toBe(text);
      expect(writeManifest(parseManifest(text))).toBe(text);
      expect(new Set(parseManifest(text))).toEqual(new Set(list));
    }),
  );
});

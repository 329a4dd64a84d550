import { expect, test } from 'vitest';
import { parseGetfattr } from './xattrs.ts';

test('names and values by path', () => {
  const text = [
    '# file: .',
    'user.empty=0x',
    'user.overlay.opaque=0x79',
    '',
    '# file: usr/bin/ping',
    'system.posix_acl_access=0x0200',
    'security.capability=0x0100',
    '',
    '',
  ].join('\n');
  expect([...parseGetfattr(text)].map(([path, found]) => [path, Object.entries(found)])).toEqual([
    [
      '.',
      [
        ['user.empty', ''],
        ['user.overlay.opaque', '79'],
      ],
    ],
    [
      'usr/bin/ping',
      [
        ['security.capability', '0100'],
        ['system.posix_acl_access', '0200'],
      ],
    ],
  ]);
});

test.each([
  ['a b', 'a b'],
  [String.raw`a\012b`, 'a\nb'],
  [String.raw`a\134b`, String.raw`a\b`],
  [String.raw`\134012`, String.raw`\012`],
  ['é € 💾', 'é € 💾'],
  [String.raw`💾\012`, '💾\n'],
  [String.raw`\342\202\254`, '€'],
])('the path %j is %j', (escaped, path) => {
  expect([...parseGetfattr(`# file: ${escaped}\nuser.a=0x00\n`).keys()]).toEqual([path]);
});

test('nothing to tell', () => {
  expect(parseGetfattr('')).toEqual(new Map());
});

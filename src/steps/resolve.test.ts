import { expect, test } from 'vitest';
import { asksForMergedUsr } from './resolve.ts';

test.each([
  ['Package: init-system-helpers\nDepends: usrmerge | usr-is-merged\n', true],
  ['Package: init-system-helpers\nPre-Depends: usrmerge | usr-is-merged (>= 1), x\n', true],
  ['Package: usr-is-merged\nDepends: x\n', false],
  ['Package: init-system-helpers\n', false],
])('%j asks for a merged /usr: %s', (stanza, expected) => {
  expect(asksForMergedUsr(stanza)).toBe(expected);
});

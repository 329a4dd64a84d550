import { expect, test } from 'vitest';
import { ownersIn } from './preseed.ts';

test.each([
  ['tzdata tzdata/Areas select Europe\ntzdata tzdata/Zones/Europe select Oslo\n', ['tzdata']],
  ['# a comment\n\n  locales\tlocales/x multiselect y # not part of it\n', ['locales']],
  ['d-i debian-installer/locale string en_US \\\n  more\nman-db man-db/auto-update boolean false', ['d-i', 'man-db']],
  ['$(rm) x y z\n', []],
])('%j is about %j', (text, owners) => {
  expect(ownersIn(text)).toEqual(owners);
});

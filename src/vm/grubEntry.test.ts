import { expect, test } from 'vitest';
import { findSelected } from './grubEntry.ts';

const screen = [
  '                          GNU GRUB  version 2.12-9',
  '',
  ' ##########################################################################',
  ' # Live system (amd64)                                                    #',
  ' #*Live system (amd64 fail-safe mode)                                     #',
  ' # Utilities...                                                           #',
  ' ##########################################################################',
  '      Use the # and # keys to select which entry is highlighted.',
].join('\n');

test.each([
  ['a text screen', screen, 'Live system (amd64 fail-safe mode)'],
  [
    'a serial line, where the newest mark counts',
    '|*Live system (amd64)      | Live system (amd64)      *Utilities...     ',
    'Utilities...',
  ],
  ['a menu that has not been drawn', 'grub> terminal_output console', undefined],
  ['stars elsewhere', 'version 2*3 ** note', undefined],
])('%s', (_, text, title) => expect(findSelected(text)).toBe(title));

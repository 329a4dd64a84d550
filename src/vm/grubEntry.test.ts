import { expect, test } from 'vitest';
import { findLinuxLine, findSelected } from './grubEntry.ts';

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

const edge = ' '.repeat(40);

test.each([
  [
    'of a text screen',
    ["#setparams 'Start installer'", '#', '#  set background_color=black', '#  linux /install/vmlinuz', '#'].join('\n'),
    3,
  ],
  [
    'of the serial line',
    `x*Start setparams 'Start installer'${edge}${edge}set background_color=black${edge}linux        /install/vmlinuz vga=788${edge}`,
    3,
  ],
  [
    'that comes first',
    `setparams 'Live system (amd64)'${edge}${edge}linux   /live/vmlinuz boot=live${edge}initrd /live/initrd.img`,
    2,
  ],
  ['of an entry without one', `setparams 'Restart'${edge}${edge}reboot${edge}`, undefined],
])('the linux command %s is found', (_, text, line) => expect(findLinuxLine(text)).toBe(line));

import { expect, test } from 'vitest';
import { describeContent, probeContent } from './probe.ts';
import { addIso, makeGptHead, makeMbrHead } from './table.testing.ts';

const withBytes = (places: Readonly<Record<number, string>>): Buffer => {
  const head = Buffer.alloc(131_072);
  for (const [at, text] of Object.entries(places)) head.write(text, Number(at), 'latin1');
  return head;
};

test.each<[string, Buffer, string]>([
  [
    'an ISO image',
    addIso(makeMbrHead([{ slot: 0, type: 0, firstSector: 0, sectors: 9 }]), 9, 'Debian 13'),
    'iso9660 "Debian 13"',
  ],
  ['ext4', withBytes({ 1080: '\x53\xef', 1144: 'persistence' }), 'ext4 "persistence"'],
  ['LUKS', withBytes({ 0: 'LUKS\xba\xbe\0\x02', 24: 'secret' }), 'crypto_LUKS "secret"'],
  ['FAT32', withBytes({ 3: 'mkfs.fat', 71: 'BACKUP     FAT32   ', 510: '\x55\xaa' }), 'vfat "BACKUP"'],
  ['FAT16 without a label', withBytes({ 43: 'NO NAME    FAT16   ' }), 'vfat'],
  ['exFAT', withBytes({ 3: 'EXFAT   ' }), 'exfat'],
  ['a GPT', makeGptHead(1000, [{ firstSector: 100, lastSector: 200 }]), 'gpt partition table with 1 partition'],
  [
    'an MBR',
    makeMbrHead([0, 1].map((slot) => ({ slot, type: 7, firstSector: 9, sectors: 9 }))),
    'mbr partition table with 2 partitions',
  ],
])('%s', (_, head, text) => expect(describeContent(probeContent(head)!)).toBe(text));

test.each([
  ['zeros', Buffer.alloc(131_072)],
  ['a few bytes', Buffer.from('short')],
])('%s are nothing', (_, head) => expect(probeContent(head)).toBeUndefined());

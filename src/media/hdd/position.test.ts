import { expect, test } from 'vitest';
import { parsePartitionStart } from './position.ts';

test.each([
  ['', 2048],
  ['0%', 2048],
  ['0', 2048],
  ['1', 2048],
  ['63s', 63],
  ['34s', 34],
  ['32256B', 63],
  ['1MiB', 2048],
  ['1.5MiB', 3072],
  ['64kib', 128],
  ['4MB', 8192],
  ['4', 8192],
  ['4.2MB', 8192],
  ['1GiB', 2097152],
])('%j is sector %i', (text, sector) => expect(parsePartitionStart(text)).toBe(sector));

test.each([
  ['33s', /lies in the partition table, which takes the sectors 0 to 33/],
  ['0s', /lies in the partition table/],
  ['1kiB', /lies in the partition table/],
  ['100B', /not a multiple of the 512 bytes/],
  ['63.5s', /not a multiple/],
  ['3TiB', /beyond 2 TiB/],
  ['10%', /is not a position, such as 63s/],
  ['-1MiB', /is not a position/],
  ['5cyl', /is not a position/],
  ['toString', /is not a position/],
  ['1 MiB 2', /is not a position/],
])('%j is refused', (text, message) => {
  expect(() => parsePartitionStart(text)).toThrow(
    expect.objectContaining({ code: 'CONFIG_VALUE', message: expect.stringMatching(message) }),
  );
});

import { expect, test } from 'vitest';
import { type LayoutRequest, layOutHdd } from './layout.ts';

const mib = 2048;
const request = (changes: Partial<LayoutRequest> & Partial<LayoutRequest['settings']> = {}): LayoutRequest => ({
  settings: { partitionStart: changes.partitionStart ?? '', sizeMib: changes.sizeMib },
  dataSectors: 100 * mib,
  efiBytes: undefined,
  hasBiosBootPartition: false,
  ...changes,
});

test('as small as can be: data, and the copy of the GPT', () => {
  expect(layOutHdd(request())).toEqual({
    totalSectors: 102 * mib,
    data: { startSector: mib, sectors: 100 * mib },
    efi: undefined,
    biosBoot: undefined,
  });
});

test('the other partitions are behind the data, each at a whole MiB', () => {
  const layout = layOutHdd(request({ efiBytes: 3 * 2 ** 20 + 1, hasBiosBootPartition: true, partitionStart: '63s' }));
  expect(layout).toEqual({
    totalSectors: 107 * mib,
    data: { startSector: 63, sectors: 101 * mib - 63 },
    efi: { startSector: 101 * mib, sectors: 4 * mib },
    biosBoot: { startSector: 105 * mib, sectors: mib },
  });
});

test('--hdd-size is the image, and the data partition fills it', () => {
  const { totalSectors, data, efi } = layOutHdd(request({ sizeMib: 500, efiBytes: 2 ** 22 }));
  expect(totalSectors).toBe(500 * mib);
  expect(data.sectors).toBe(494 * mib);
  expect(efi).toEqual({ startSector: 495 * mib, sectors: 4 * mib });
});

test('a size that is too small is refused, and the one that suits is named', () => {
  expect(() => layOutHdd(request({ sizeMib: 101 }))).toThrow(
    'A disk image of 101 MiB (--hdd-size) is too small: this medium takes 102 MiB.',
  );
  expect(layOutHdd(request({ sizeMib: 102 })).totalSectors).toBe(102 * mib);
});

import { expect, test } from 'vitest';
import type { Digest } from '../store/types.ts';
import { selectForCdrom } from './cdromUdebs.ts';
import { selectUdebs } from './poolUdebs.ts';
import type { Udeb } from './udebs.ts';

const kernel = '6.12.2-amd64';

function udeb(name: string, more: Partial<Udeb> = {}): Udeb {
  const url = `http://mirror.example/debian/pool/${name}.udeb`;
  const file = { version: '1', architecture: 'amd64', sha256: '0'.repeat(64) as Digest, sizeBytes: 1, url };
  return { name, ...file, source: name, depends: [], provides: [], ...more };
}

const packages = [
  udeb('cdrom-detect', { depends: ['cdebconf-udeb', 'hw-detect'] }),
  udeb('load-cdrom', { depends: ['cdrom-retriever'] }),
  udeb('cdrom-retriever'),
  udeb('cdebconf-udeb'),
  udeb('hw-detect'),
  udeb(`fat-modules-${kernel}-di`, { kernel, depends: [`kernel-image-${kernel}-di`] }),
  udeb(`isofs-modules-${kernel}-di`, { kernel, depends: [`cdrom-core-modules-${kernel}-di`] }),
  udeb(`cdrom-core-modules-${kernel}-di`, { kernel }),
  udeb(`kernel-image-${kernel}-di`, { kernel }),
  udeb(`nic-modules-${kernel}-di`, { kernel }),
  udeb('fat-modules-6.12.1-amd64-di', { kernel: '6.12.1-amd64' }),
  udeb('live-installer'),
];

const installed = [
  ...['cdebconf-udeb', 'choose-mirror', 'download-installer', 'net-retriever', 'hw-detect', 'netcfg'],
  ...['kernel-image-6.12.1-amd64-di', 'fat-modules-6.12.1-amd64-di', 'nic-modules-6.12.1-amd64-di'],
];

test('a network’s initrd gets the suite’s kernel and what finds the medium, for what loads from a mirror', () => {
  const { removed, added } = selectForCdrom(installed, { kernel, packages });
  expect(added.map(({ name }) => name)).toEqual([
    `cdrom-core-modules-${kernel}-di`,
    'cdrom-detect',
    'cdrom-retriever',
    `fat-modules-${kernel}-di`,
    `isofs-modules-${kernel}-di`,
    `kernel-image-${kernel}-di`,
    'load-cdrom',
  ]);
  expect([...removed].toSorted()).toEqual([
    ...['choose-mirror', 'download-installer', 'fat-modules-6.12.1-amd64-di', 'kernel-image-6.12.1-amd64-di'],
    ...['net-retriever', 'nic-modules-6.12.1-amd64-di'],
  ]);
});

test('the medium has the udebs that the initrd has not, for its kernel, but for those that the user excludes', () => {
  const inInitrd = new Set(['cdebconf-udeb', 'hw-detect', `fat-modules-${kernel}-di`]);
  const names = selectUdebs({ kernel, packages }, inInitrd, ['cdrom-*', `kernel-image-${kernel}?di`]);
  expect(names.map(({ name }) => name)).toEqual([
    'load-cdrom',
    `isofs-modules-${kernel}-di`,
    `nic-modules-${kernel}-di`,
    'live-installer',
  ]);
});

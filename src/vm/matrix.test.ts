import { expect, test } from 'vitest';
import { type Candidate, type Fittings, whyNot } from './applies.ts';
import { type ImageMarks, noMarks } from './imageMarks.ts';
import { type Boot, boots, findBoots, type ImageKind } from './matrix.ts';

const entry = { titles: ['Memory test'], labels: [] };
const full: ImageMarks = {
  ...{ memtest: { bios: entry, uefi: entry }, installer: entry, graphicalInstaller: entry },
  ...{ hasCryptsetup: true, hasIa32Loader: true, hasCifsRoot: false, isWithoutLiveBoot: false },
};
const fittings: Fittings = {
  prepareDisk: async () => {},
  startLab: async () => ({ netdevArgs: 'user,id=net0', close: async () => {} }),
};

function candidate(kind: ImageKind, changes: Partial<Candidate> = {}): Candidate {
  return { architecture: 'amd64', facts: { kind, marks: full }, ...changes };
}

function applying(image: Candidate, has: Fittings = fittings): string[] {
  return boots.filter((boot) => whyNot(boot, image, has) === undefined).map(({ id }) => id);
}

function boot(id: string): Boot {
  return findBoots(id)[0]!;
}

test.each<[ImageKind, string[]]>([
  ['iso', ['bios-cd', 'uefi-cd', 'bios-cd-toram', 'uefi-cd-toram']],
  ['hdd', ['bios-disk', 'uefi-disk', 'bios-disk-toram', 'uefi-disk-toram', 'bios-persistence', 'uefi-persistence']],
  ['netboot', ['bios-nfs', 'uefi-nfs', 'bios-http', 'uefi-http']],
  ['tar', []],
])('what applies to an image of kind %s without memory test, installer and cryptsetup', (kind, ids) => {
  expect(applying(candidate(kind, { facts: { kind, marks: noMarks } }))).toEqual(ids);
});

test('a hybrid image is a disc and a stick, and what does not depend on that is tried once', () => {
  expect(applying(candidate('iso-hybrid'))).toEqual([
    ...['bios-cd', 'uefi-cd', 'bios-disk', 'uefi-disk', 'bios-cd-toram', 'uefi-cd-toram'],
    ...['bios-persistence', 'uefi-persistence', 'bios-luks', 'uefi-luks'],
    ...['bios-cd-memtest', 'uefi-cd-memtest', 'bios-cd-installer', 'uefi-cd-installer'],
    ...['uefi-ia32-cd', 'uefi-ia32-disk'],
  ]);
});

test.each([
  ['bios-disk', candidate('iso'), 'this is a plain ISO image, which firmware starts from a disc only'],
  ['bios-cd', candidate('iso', { architecture: 'arm64' }), 'arm64 machines have no BIOS'],
  ['uefi-cd-memtest', candidate('iso', { architecture: 'arm64' }), 'there is no memory test for arm64'],
  [
    'bios-luks',
    candidate('hdd', { facts: { kind: 'hdd', marks: noMarks } }),
    'its system lacks the package cryptsetup-initramfs',
  ],
  [
    'bios-cd-toram',
    candidate('iso', { facts: { kind: 'iso', marks: { ...full, isWithoutLiveBoot: true } } }),
    'its system is started without live-boot, which does that',
  ],
  ['uefi-cd-installer', candidate('iso', { facts: { kind: 'iso', marks: noMarks } }), 'its menu has no installer'],
  ['uefi-ia32-cd', candidate('iso', { architecture: 'arm64' }), 'no arm64 machine has such firmware'],
  [
    'uefi-ia32-disk',
    candidate('hdd', { facts: { kind: 'hdd', marks: noMarks } }),
    'it has no boot loader for 32-bit UEFI',
  ],
])('%s: the reason is given', (id, image, reason) => {
  expect(whyNot(boot(id), image, fittings)).toBe(reason);
});

test('a memory test for the one firmware is none for the other', () => {
  const marks = { ...full, memtest: { bios: entry, uefi: noMarks.memtest.uefi } };
  const image = candidate('iso', { facts: { kind: 'iso', marks } });
  expect(whyNot(boot('bios-cd-memtest'), image, fittings)).toBeUndefined();
  expect(whyNot(boot('uefi-cd-memtest'), image, fittings)).toBe('its menu has no memory test for this firmware');
});

test('no CIFS server is there for a system that comes over CIFS', () => {
  const image = candidate('netboot', { facts: { kind: 'netboot', marks: { ...full, hasCifsRoot: true } } });
  expect(applying(image)).toEqual(['bios-http', 'uefi-http']);
  expect(whyNot(boot('bios-nfs'), image, fittings)).toBe('its system comes over CIFS, which is not served here');
});

test('a graphical installer is one too', () => {
  const marks = { ...full, installer: noMarks.installer };
  expect(
    whyNot(boot('uefi-cd-installer'), candidate('iso', { facts: { kind: 'iso', marks } }), fittings),
  ).toBeUndefined();
});

test('what cannot be lent is a reason too', () => {
  expect(whyNot(boot('bios-persistence'), candidate('hdd'), {})).toBe('no persistence partition can be made here');
  expect(whyNot(boot('uefi-http'), candidate('netboot'), {})).toBe('no network can be served here');
});

test('the unsigned memory test is tried where nothing is signed', () => {
  expect(boot('uefi-cd-memtest')).toMatchObject({ firmware: 'uefi', title: 'UEFI, as a CD, memory test' });
  expect(boot('uefi-cd-installer').firmware).toBe('uefi-secure');
});

test('rows are named once, and a group is all rows that try the same', () => {
  const ids = boots.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(findBoots('all')).toEqual(boots);
  expect(findBoots('luks').map(({ id }) => id)).toEqual(['bios-luks', 'uefi-luks']);
  expect(findBoots('toString')).toEqual([]);
});

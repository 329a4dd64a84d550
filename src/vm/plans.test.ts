import { expect, test } from 'vitest';
import type { GuestShell } from './bootPlan.ts';
import type { GuestCheck } from './checks.ts';
import { type ImageMarks, noMarks } from './imageMarks.ts';
import { type Boot, findBoots } from './matrix.ts';
import { lookForMemory, planFor } from './plans.ts';

const checks: readonly GuestCheck[] = [{ name: 'a.test', content: Buffer.from(''), limitSeconds: 1 }];
const marks = {
  ...noMarks,
  installer: { titles: ['Expert install', 'Text: Install', 'Start installer'], labels: ['installexpert', 'install'] },
  memtest: {
    bios: { titles: [], labels: ['memtest'] },
    uefi: { titles: ['Memory Diagnostic Tool (memtest86+)'], labels: [] },
  },
};

function plan(id: string, changes: Partial<ImageMarks> = {}) {
  const boot = findBoots(id)[0] as Boot;
  const facts = { kind: 'iso-hybrid', marks: { ...marks, ...changes } } as const;
  return planFor({ boot, image: { architecture: 'amd64', facts } }, checks);
}

test('a plain boot runs the checks and tells them where they are', () => {
  expect(plan('uefi-disk')).toEqual({
    goal: 'login',
    checks,
    environment: { LW_BOOT: 'uefi-disk', LW_MEDIUM: 'disk', LW_FIRMWARE: 'uefi-secure' },
  });
});

test('to memory', () => {
  expect(plan('bios-cd-toram').append).toBe('toram');
  expect(lookForMemory({ liveMediumType: 'tmpfs' })).toEqual({ shown: 'The medium is in memory.' });
  expect(lookForMemory({ liveMediumType: 'iso9660' }).objection).toContain('not in memory (iso9660 is mounted)');
  expect(lookForMemory({}).objection).toContain('nothing is mounted');
});

/** A guest with a home directory that is, or is not, the same after a power-off. */
function homes(isKept: boolean): { first: GuestShell; second: GuestShell } {
  let file = '';
  const text = 'written before the power-off';
  return {
    first: {
      ask: async () => {
        file = text;
        return file;
      },
    },
    second: { ask: async () => (isKept ? file : '') },
  };
}

test.each([
  [true, { shown: 'The file written before the power-off is there.' }],
  [false, { objection: 'The system runs, but the file written before the power-off is gone.' }],
])('persistence, kept %s: two boots, and the checks in the second', async (isKept, result) => {
  const { parts = [], append } = plan('bios-persistence');
  const { first, second } = homes(isKept);
  expect(append).toBe('persistence');
  expect(parts.map(({ checks: own }) => own?.length ?? 0)).toEqual([0, 1]);
  expect(await parts[0]?.visit?.(first, {})).toEqual({ shown: 'A file was written.' });
  expect(await parts[1]?.visit?.(second, {})).toEqual(result);
});

test('a home directory that cannot be written to is said', async () => {
  const mute: GuestShell = { ask: async () => undefined };
  const [first] = plan('bios-persistence').parts ?? [];
  expect((await first?.visit?.(mute, {}))?.objection).toContain('could not be written');
});

test('encrypted persistence asks for it and knows the passphrase, in both boots', () => {
  const { parts = [] } = plan('uefi-luks');
  expect(parts.map(({ append, passphrase }) => [append, passphrase])).toEqual(
    Array(2).fill(['persistence persistence-encryption=luks', 'livewright']),
  );
});

test('the memory test is the entry that the image has for the firmware', () => {
  const bios = plan('bios-cd-memtest');
  const uefi = plan('uefi-cd-memtest').entry;
  expect(bios).toMatchObject({ goal: 'memtest', entry: { label: 'memtest' } });
  expect(bios.checks).toBeUndefined();
  expect(uefi?.title.test('Memory Diagnostic Tool (memtest86+)')).toBe(true);
  expect(uefi?.title.test('Memory test')).toBe(false);
  expect(uefi?.submenu?.test('Utilities...')).toBe(true);
});

test('of the installers the one that a person would take first is started', () => {
  const { goal, entry } = plan('bios-cd-installer');
  expect([goal, entry?.label, entry?.title.test('Start installer')]).toEqual(['installer', 'install', true]);
  expect(entry?.submenu?.test('Advanced install options...')).toBe(true);
});

test('the graphical installer is started where there is no other', () => {
  const graphicalInstaller = { titles: ['Graphical install'], labels: ['installgui'] };
  expect(plan('bios-cd-installer', { graphicalInstaller }).entry?.label).toBe('install');
  const start = { titles: ['Start installer', 'Install'], labels: ['install', 'install-gtk-install'] };
  const deep = { titles: ['Install'], labels: ['install-text-install'] };
  const shallow = plan('uefi-cd-installer', { graphicalInstaller: start, installer: deep }).entry;
  expect([shallow?.label, shallow?.title.test('Start installer')]).toEqual(['install', true]);
  const text = { titles: ['Install', 'Start installer'], labels: ['install'] };
  expect(plan('uefi-disk-installer', { installer: text }).entry?.title.test('Start installer')).toBe(true);
  const { entry } = plan('bios-cd-installer', { graphicalInstaller, installer: noMarks.installer });
  expect([entry?.label, entry?.title.test('Graphical install')]).toEqual(['installgui', true]);
});

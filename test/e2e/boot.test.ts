// Boots the image that a build gave, in the virtual machines of `lb test`.
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { BootVerdict } from '../../src/vm/verdict.ts';
import { makeEmptyDisk } from '../helpers/brokenImages.ts';
import { type Finished, type FirstBuild, firstBuild, lb, lbSucceeds, runDirectory } from '../helpers/lb.ts';

let first: FirstBuild;
beforeAll(async () => {
  first = await firstBuild();
});

function verdictsOf({ events }: Finished): Readonly<Record<string, BootVerdict>> {
  const found = events.flatMap((event) => (event.type === 'boot-verdict' ? [[event.boot, event.verdict]] : []));
  return Object.fromEntries(found);
}

function expectPng(path: string | undefined): void {
  expect(isAbsolute(path ?? '')).toBe(true);
  expect(readFileSync(path!).subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  expect(statSync(path!).size).toBeGreaterThan(500);
}

const ways = { 'bios-cd': 'no-uefi', 'uefi-disk': 'enabled' };

test('the image reaches the login prompt from a CD by BIOS and from a stick by Secure Boot', async () => {
  const tested = await lbSucceeds(
    ['test', '--json', '--boots', Object.keys(ways).join(','), '--output', runDirectory('boots')],
    first,
  );
  const verdicts = verdictsOf(tested);
  expect(Object.keys(verdicts)).toEqual(Object.keys(ways));
  for (const [way, secureBoot] of Object.entries(ways)) {
    const verdict = verdicts[way]!;
    expect(verdict).toMatchObject({ verdict: 'passed', outcome: 'login', failedUnits: [] });
    expect(verdict.facts).toMatchObject({ rootType: 'overlay', isRootOnSquashfs: true, secureBoot });
    expect(verdict.milestones.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['kernel', 'live-medium', 'login']),
    );
    expectPng(verdict.screenshots.menu);
    expectPng(verdict.screenshots.end);
    expect(readFileSync(verdict.serialLog, 'utf8')).toContain('Linux version');
  }
});

test('an empty disk has no boot loader, and that is said', async () => {
  const disk = await makeEmptyDisk(runDirectory());
  const tested = await lb(
    ['test', '--json', '--boots', 'bios-disk', '--output', runDirectory('empty-disk'), disk],
    first,
  );
  expect(tested.exitCode).toBe(1);
  expect(verdictsOf(tested)['bios-disk']).toMatchObject({ verdict: 'failed', outcome: 'no-boot-loader' });
  expect(tested.stderr).toContain('[BOOT_FAILED]');
});

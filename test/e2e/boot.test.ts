// Boots the image that a build gave, in the virtual machines of `lb test`.
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { BootVerdict } from '../../src/vm/verdict.ts';
import { makeEmptyDisk } from '../helpers/brokenImages.ts';
import {
  type Finished,
  type FirstBuild,
  firstBuild,
  lb,
  lbSucceeds,
  runDirectory,
  stepsOf,
  write,
} from '../helpers/lb.ts';

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

const ways = { 'bios-cd': 'no-uefi', 'uefi-disk': 'enabled', 'bios-cd-toram': 'no-uefi' };

/** Says who and where it is, and fails where it is told to. Kernel messages meanwhile must not come between. */
const check = `#!/bin/sh
# timeout: 60
for i in 1 2 3 4 5; do echo "<6>noise $i" >/dev/kmsg; done
echo "$(id -u) $LW_BOOT $LW_MEDIUM $LW_FIRMWARE & <done>"
[ "$LW_BOOT" != bios-cd-toram ] || exit 7
`;
/** Leaves a child behind, which must not outlive it. */
const endless =
  '#!/bin/sh\n# timeout: 3\n[ "$LW_BOOT" = bios-cd-toram ] || exit 0\necho begun\nsleep 1000 & sleep 1000\n';

function expectLiveSystem(verdict: BootVerdict, secureBoot: string): void {
  expect(verdict).toMatchObject({ outcome: 'login', failedUnits: [] });
  expect(verdict.facts).toMatchObject({ rootType: 'overlay', isRootOnSquashfs: true, secureBoot });
  expect(verdict.milestones.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['kernel', 'live-medium', 'login']),
  );
  expectPng(verdict.screenshots.menu);
  expectPng(verdict.screenshots.end);
  expect(readFileSync(verdict.serialLog, 'utf8')).toContain('Linux version');
}

test('the image comes up from a CD by BIOS, from a stick by Secure Boot, and in memory; checks run in the guest', async () => {
  const before = await lbSucceeds(['build', '--json'], first);
  write(first.directory, 'config/tests/10-where.test', check);
  write(first.directory, 'config/tests/20-endless.test', endless);
  write(first.directory, 'config/tests/README', 'not a check');
  const after = await lbSucceeds(['build', '--json'], first);
  // What asks the archive runs in both; where that has changed since the first build, the one before had more to do.
  expect(stepsOf('step-done', before)).toEqual(expect.arrayContaining(stepsOf('step-done', after)));

  const output = runDirectory('boots');
  const tested = await lb(['test', '--json', '--boots', Object.keys(ways).join(','), '--output', output], first);
  expect(tested.exitCode).toBe(1);
  expect(tested.stderr).toContain('1 of 3 boots failed: bios-cd-toram.');
  const verdicts = verdictsOf(tested);
  expect(Object.keys(verdicts).sort()).toEqual(Object.keys(ways).sort());
  for (const [way, secureBoot] of Object.entries(ways)) expectLiveSystem(verdicts[way]!, secureBoot);
  const said = (way: string) => verdicts[way]!.checks?.map(({ exitCode, output: text }) => [exitCode, text]);
  expect(said('bios-cd')).toEqual([
    [0, '0 bios-cd cd bios & <done>\n'],
    [0, ''],
  ]);
  expect(said('uefi-disk')).toEqual([
    [0, '0 uefi-disk disk uefi-secure & <done>\n'],
    [0, ''],
  ]);
  expect(said('bios-cd-toram')).toEqual([
    [7, '0 bios-cd-toram cd bios & <done>\n'],
    [null, 'begun\n'],
  ]);
  expect(verdicts['bios-cd']).toMatchObject({ verdict: 'passed' });
  expect(verdicts['uefi-disk']).toMatchObject({ verdict: 'passed' });
  expect(verdicts['bios-cd-toram']).toMatchObject({
    verdict: 'failed',
    summary: 'Check 10-where.test failed with exit code 7 (and 1 more).',
    shown: 'The medium is in memory.',
    facts: { liveMediumType: 'tmpfs' },
  });
  const page = readFileSync(`${output}/report.html`, 'utf8');
  expect(page).toContain('✗ 1 of 3 boots failed.');
  expect(page).toContain('0 bios-cd-toram cd bios &amp; &lt;done&gt;');
  expect(page.match(/src="data:image\/png;base64,/g)).toHaveLength(6);
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

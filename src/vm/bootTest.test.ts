import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LivewrightEvent } from '../events/events.ts';
import { type BootTestOptions, bootOnce } from './bootTest.ts';
import { describeRun } from './runGuest.ts';
import type { StartMachine } from './types.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boot'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const endsAtOnce: StartMachine = () => ({
  pid: 1,
  exited: Promise.resolve({ code: 1, signal: null }),
  stderrTail: () => 'qemu: warning\nqemu: cannot allocate memory\n',
  kill: () => {},
});

function optionsFor(events: LivewrightEvent[]): BootTestOptions {
  return {
    boot: 'bios-cd',
    title: 'BIOS, as a CD',
    imagePath: join(directory, 'live.iso'),
    architecture: 'amd64',
    firmware: 'bios',
    attach: 'cd',
    accel: 'tcg',
    toolsRoot: directory,
    scratch: directory,
    outputDirectory: join(directory, 'out'),
    start: endsAtOnce,
    emit: (event) => events.push(event),
  };
}

test('an image that is not there is named before anything starts', async () => {
  const events: LivewrightEvent[] = [];
  await expect(bootOnce(optionsFor(events))).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  expect(events).toEqual([]);
});

test('a QEMU that ends at once is a verdict with its last words', async () => {
  await writeFile(join(directory, 'live.iso'), '');
  const events: LivewrightEvent[] = [];
  const verdict = await bootOnce(optionsFor(events));
  expect(verdict).toMatchObject({
    verdict: 'failed',
    outcome: 'qemu-failed',
    summary: 'QEMU ended at once: qemu: cannot allocate memory',
    milestones: [],
  });
  expect(events).toEqual([]);
});

test('firmware that the tools tree lacks is an error with a remedy', async () => {
  await writeFile(join(directory, 'live.iso'), '');
  const boot = bootOnce({ ...optionsFor([]), firmware: 'uefi-secure' });
  await expect(boot).rejects.toMatchObject({ code: 'VM_FAILED', hint: expect.stringContaining('ovmf') });
});

test('each machine has a variable store of its own', async () => {
  const store = join(directory, 'usr/share/OVMF');
  await mkdir(store, { recursive: true });
  await writeFile(join(store, 'OVMF_VARS_4M.ms.fd'), 'keys');
  const scratch = await mkdtemp(join(directory, 's'));
  const run = await describeRun({ ...optionsFor([]), firmware: 'uefi-secure', scratch, view: 'serial' });
  expect(await readFile(join(scratch, 'vars.fd'), 'utf8')).toBe('keys');
  expect(run.argv.join(' ')).toContain(`if=pflash,unit=1,format=raw,file=${scratch}/vars.fd`);
  expect(run.start).toMatchObject({ stdio: 'terminal', network: 'host', devices: [] });
});

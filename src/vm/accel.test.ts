import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { probeBootSector, runProbeGuest } from './accel.ts';
import type { StartMachine } from './types.ts';

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kvm'));
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

function starterOf(exit: Promise<{ code: number | null; signal: string | null }>) {
  const calls: { argv: readonly string[]; devices: readonly string[]; killed: boolean }[] = [];
  const start: StartMachine = (argv, { devices }) => {
    const call = { argv, devices, killed: false };
    calls.push(call);
    let end = (_: { code: null; signal: string }): void => {};
    const killed = new Promise<{ code: null; signal: string }>((resolve) => {
      end = resolve;
    });
    const kill = () => {
      call.killed = true;
      end({ code: null, signal: 'SIGKILL' });
    };
    return { pid: 1, exited: Promise.race([exit, killed]), stderrTail: () => '', kill };
  };
  return { start, calls };
}

test('the boot sector is one that a BIOS starts', () => {
  const sector = probeBootSector();
  expect(sector).toHaveLength(512);
  expect([...sector.subarray(510)]).toEqual([0x55, 0xaa]);
  // The far jump and the two table addresses are absolute: they hold only while nothing before them moves.
  expect(Buffer.from(sector.subarray(0x6f, 0x75)).toString('hex')).toBe('ea747c0800b9');
  expect(Buffer.from(sector.subarray(0x98, 0x9e)).toString('hex')).toBe('0f00887c0000');
});

test('the exit code of the guest is passed on', async () => {
  const { start, calls } = starterOf(Promise.resolve({ code: 85, signal: null }));
  expect(await runProbeGuest({ start, scratch, accel: 'kvm' })).toBe(85);
  expect(calls[0]?.devices).toEqual(['/dev/kvm']);
});

test('a guest that gets nowhere is ended in time', async () => {
  const { start, calls } = starterOf(new Promise(() => {}));
  expect(await runProbeGuest({ start, scratch, accel: 'kvm', timeoutMs: 50 })).toBe('hung');
  expect(calls[0]?.killed).toBe(true);
});

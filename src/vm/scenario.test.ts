import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { LivewrightError } from '../errors.ts';
import type { LivewrightEvent } from '../events/events.ts';
import type { ImageFacts } from './imageFacts.ts';
import { noMarks } from './imageMarks.ts';
import { findBoots } from './matrix.ts';
import { type BootRoom, runBoot } from './scenario.ts';
import { roomBytes } from './scratchDisk.ts';
import type { StartMachine } from './types.ts';

const facts: ImageFacts = { kind: 'hdd', sizeBytes: 5, sha256: '', marks: noMarks };

/** A room in which QEMU ends at once, and what it was started with. */
async function makeRoom(changes: Partial<BootRoom> = {}) {
  const events: LivewrightEvent[] = [];
  const started: { readonly argv: readonly string[]; readonly binds: readonly unknown[] }[] = [];
  const start: StartMachine = (argv, { binds }) => {
    started.push({ argv, binds });
    const exited = Promise.resolve({ code: 1, signal: null });
    return { pid: 1, exited, stderrTail: () => 'qemu: no', kill: () => {} };
  };
  const outputDirectory = await tempDirectory();
  const room: BootRoom = {
    ...{ accel: 'tcg', toolsRoot: '/', start, outputDirectory, newScratch: tempDirectory, fittings: {}, checks: [] },
    emit: (event) => events.push(event),
    ...changes,
  };
  const path = join(await tempDirectory(), 'live.img');
  await writeFile(path, 'image');
  const run = (id: string, imageFacts = facts) => {
    const boot = findBoots(id)[0]!;
    return runBoot(
      { name: id, title: boot.title, boot, image: { path, architecture: 'amd64', facts: imageFacts } },
      room,
    );
  };
  return { run, room, events, started, path };
}

test('a boot begins and ends with an event', async () => {
  const { run, events } = await makeRoom();
  expect(await run('bios-disk')).toMatchObject({ verdict: 'failed', outcome: 'qemu-failed' });
  expect(events.map((event) => [event.type, 'boot' in event && event.boot])).toEqual([
    ['boot-started', 'bios-disk'],
    ['boot-verdict', 'bios-disk'],
  ]);
});

test('persistence is tried with a copy, which is prepared, written to, and gone in the end', async () => {
  const prepared: { readonly sizeBytes: number; readonly passphrase: string | undefined }[] = [];
  const { run, room, started, path } = await makeRoom({
    fittings: {
      prepareDisk: async ({ path: disk, passphrase }) => {
        prepared.push({ sizeBytes: (await stat(disk)).size, passphrase });
      },
    },
  });
  const verdict = await run('bios-luks');
  expect(verdict.summary).toBe('In the first boot: QEMU ended at once: qemu: no');
  expect(prepared).toEqual([{ sizeBytes: roomBytes + (4 << 20), passphrase: 'livewright' }]);
  const disk = join(room.outputDirectory, 'bios-luks.disk.img');
  expect(started).toHaveLength(1);
  expect(started[0]?.argv.join(' ')).toContain(`snapshot=off,file=${disk}`);
  expect(started[0]?.argv.join(' ')).not.toContain(path);
  expect(started[0]?.binds[0]).toEqual({ source: disk, target: disk, writable: true });
  expect(await readdir(room.outputDirectory)).not.toContain('bios-luks.disk.img');
});

test('a network is made for the boot, used by it, and ended after it', async () => {
  const calls: string[] = [];
  const { run, started, path } = await makeRoom({
    fittings: {
      startLab: async ({ system }) => {
        calls.push(`start ${system}`);
        const machine = { network: 'host', devices: ['/dev/net/tun'] } as const;
        return { netdevArgs: 'tap,id=net0,ifname=lw0', machine, close: async () => void calls.push('close') };
      },
    },
  });
  await run('bios-http', { ...facts, kind: 'netboot' });
  expect(calls).toEqual(['start http', 'close']);
  const words = started[0]?.argv.join(' ');
  expect(words).toContain('-netdev tap,id=net0,ifname=lw0');
  expect(words).not.toContain(path);
});

test('of an image that is cut off that is said first', async () => {
  const { run } = await makeRoom();
  expect(await run('bios-disk', { ...facts, statedBytes: 1000 })).toMatchObject({
    outcome: 'damaged-medium',
    summary: 'The image is cut off: of 1000 bytes 5 are there. QEMU ended at once: qemu: no',
  });
});

test('what cannot be prepared fails its own boot only; a mistake of ours is not hidden in a verdict', async () => {
  const failing = (error: Error) => ({
    fittings: { prepareDisk: () => Promise.reject(error), startLab: () => Promise.reject(error) },
  });
  const refused = await makeRoom(
    failing(new LivewrightError('DISK_FULL', { message: 'The disk is full.', hint: 'Make room.' })),
  );
  for (const id of ['bios-persistence', 'uefi-nfs']) {
    expect(await refused.run(id)).toMatchObject({ outcome: 'not-prepared', summary: 'The disk is full. Make room.' });
  }
  expect(refused.started).toEqual([]);
  const broken = await makeRoom(failing(new TypeError('x is not a function')));
  await expect(broken.run('bios-persistence')).rejects.toThrow('x is not a function');
});

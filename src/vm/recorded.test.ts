import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { memtestHead } from './bootAttempts.ts';
import { explainFinding, findInLoaderOutput, findInSystemOutput, milestonesIn } from './classify.ts';
import { followConsole } from './console.ts';
import type { MilestoneName } from './verdict.ts';

// Serial lines recorded from live-build images (trixie) in QEMU, trimmed to the lines that matter.

/** Lets the follower read a recording in pieces of `pieceBytes`; gives its text and the milestones in their order. */
async function replay(name: string, pieceBytes: number) {
  const directory = await mkdtemp(join(tmpdir(), 'replay'));
  const recording = await readFile(new URL(`fixtures/${name}.log`, import.meta.url));
  const line = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const console = followConsole(line, join(directory, 'log'));
  const reached = new Set<MilestoneName>();
  console.onLine(({ text }) => {
    for (const milestone of milestonesIn(text, reached)) reached.add(milestone);
  });
  for (let at = 0; at < recording.length; at += pieceBytes) line.push(recording.subarray(at, at + pieceBytes));
  line.push(null);
  await new Promise((resolve) => line.once('end', resolve));
  await console.close();
  await rm(directory, { recursive: true });
  return { text: console.text, reached: [...reached] };
}

test.each(['bios-login', 'uefi-secure-login'])(
  '%s: every milestone is seen, in order, and no failure',
  async (name) => {
    const { text, reached } = await replay(name, 7);
    expect(reached).toEqual(['kernel', 'live-medium', 'system', 'login']);
    expect(findInSystemOutput(text)).toBeUndefined();
    expect(findInLoaderOutput(text)).toBeUndefined();
  },
);

test('the size of the pieces does not matter', async () => {
  const [small, whole] = await Promise.all([replay('bios-login', 1), replay('bios-login', 1 << 20)]);
  expect(small).toEqual(whole);
  expect(small.text).not.toMatch(/\u001b/);
});

test('nfs-gone: the server that does not answer is named, at the latest when the guest falls silent', async () => {
  const { text, reached } = await replay('nfs-gone', 64);
  expect(reached).toEqual(['kernel']);
  expect(findInSystemOutput(text)).toEqual({
    outcome: 'network',
    summary: 'The NFS server 10.0.2.99 did not answer (connect: Connection timed out).',
  });
  const before = text.replace(/connect: .*\n/, '');
  expect(findInSystemOutput(before)).toBeUndefined();
  const hang = { outcome: 'hang', summary: 'The guest said and showed nothing for 90 s.' } as const;
  expect(explainFinding(hang, before).summary).toBe('The NFS server 10.0.2.99 did not answer.');
});

test('a server that is only slow is given time', () => {
  const refused = 'nfsroot=192.168.77.1:/srv\nconnect: Connection refused\n';
  expect(findInSystemOutput(refused.repeat(2))).toBeUndefined();
  expect(findInSystemOutput(refused.repeat(3))?.summary).toBe(
    'The NFS server 192.168.77.1 did not answer (connect: Connection refused).',
  );
});

test('a machine that is there without an NFS server refuses, also where live-boot says what it tries', () => {
  const tries =
    'nfsroot=192.168.77.1:/srv\nBegin: Trying nfsmount -o nolock -o ro  192.168.77.1:/srv /run/live/medium ... ';
  const first = `${tries}connect: Connection refused\n`;
  expect(explainFinding({ outcome: 'hang', summary: 'It hangs.' }, first).summary).toBe(
    'The NFS server 192.168.77.1 did not answer (connect: Connection refused).',
  );
  expect(findInSystemOutput(`${first}read: Connection refused\nread: Connection refused\n`)).toEqual({
    outcome: 'network',
    summary: 'The NFS server 192.168.77.1 did not answer (read: Connection refused).',
  });
});

test('uefi-memtest: the memory test is told from a menu that has its name', async () => {
  const { text } = await replay('uefi-memtest', 5);
  expect(memtestHead.exec(text)?.[0].trim()).toBe('Memtest86+ v6.10');
  expect(text.indexOf('Memory test (Memtest86+)')).toBeGreaterThan(0);
  for (const menu of [
    '*Memory test (Memtest86+ 7.20)',
    "setparams 'Memtest86+ v7.20'",
    'GNU GRUB\n |*Memtest86+ v7.20',
  ]) {
    expect(memtestHead.test(menu)).toBe(false);
  }
});

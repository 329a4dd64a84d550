import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  emulatedArchitectures,
  emulationLines,
  NO_EMULATOR,
  namespaceWords,
  registration,
  wayToRun,
} from './emulation.ts';
import { setupScript } from './mounts.ts';

test.each([
  ['amd64', 'amd64', 'native'],
  ['i386', 'amd64', 'native'],
  ['arm64', 'arm64', 'native'],
  ['arm64', 'amd64', 'qemu-aarch64'],
  ['armhf', 'amd64', 'qemu-arm'],
  ['riscv64', 'arm64', 'qemu-riscv64'],
  ['i386', 'arm64', undefined],
  ['amd64', 'i386', undefined],
  ['s390x', 'amd64', undefined],
])('programs of %s on %s: %s', (architecture, host, way) => {
  expect(wayToRun(architecture, host)).toBe(way);
});

test('what is emulated is not what the machine is', () => {
  expect(emulatedArchitectures('amd64')).toContain('arm64');
  expect(emulatedArchitectures('arm64')).not.toContain('arm64');
});

/** The bytes of a field of a registration, as the kernel reads them. */
const bytesOf = (field: string): Buffer => Buffer.from(field.replaceAll('\\x', ''), 'hex');

test('a registration fits programs of its architecture, wherever they may lie, and no others', () => {
  const [, name, type, offset, magicText = '', maskText = '', path, flags] = registration({
    name: 'qemu-aarch64',
    path: '/a b/qemu',
  }).split(':');
  expect({ name, type, offset, path, flags }).toEqual({
    ...{ name: 'qemu-aarch64', type: 'M', offset: '', path: '/a b/qemu', flags: 'POCF' },
  });
  const [magic, mask] = [bytesOf(magicText), bytesOf(maskText)];
  const fits = (head: string) => {
    const bytes = Buffer.from(head.replaceAll(' ', ''), 'hex');
    return magic.every((byte, index) => ((byte ^ (bytes[index] ?? 0)) & (mask[index] ?? 0)) === 0);
  };
  const rest = '000000000000000000';
  expect(fits(`7f454c46 020101 ${rest.slice(0, 18)} 0200 b700`)).toBe(true);
  expect(fits(`7f454c46 020101 ${rest.slice(0, 18)} 0300 b700`)).toBe(true);
  // Of another system (GNU, for indirect functions), of amd64, of 32 bits, an object file.
  expect(fits('7f454c46 020101 030000000000000000 0300 b700')).toBe(true);
  expect(fits(`7f454c46 020101 ${rest} 0300 3e00`)).toBe(false);
  expect(fits(`7f454c46 010101 ${rest} 0300 b700`)).toBe(false);
  expect(fits(`7f454c46 020101 ${rest} 0100 b700`)).toBe(false);
});

/** Runs the lines with a `mount` that cannot, as in the user namespace of an old kernel, and these registrations. */
function onOldKernel(entries: Readonly<Record<string, string>>) {
  const directory = mkdtempSync(join(tmpdir(), 'livewright-binfmt-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, text] of Object.entries(entries)) writeFileSync(join(directory, name), text);
  const emulation = { name: 'qemu-aarch64', path: '/q' };
  const lines = emulationLines(emulation, directory).map((line) => line.replace('/proc/sys/fs/binfmt_misc', directory));
  const script = ['mount() { return 1; }', ...lines, 'echo goes on'].join('\n');
  return spawnSync('sh', ['-c', script], { encoding: 'utf8' });
}

const registered = `enabled
interpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P
flags: POCF
offset 0
magic 7f454c460201010000000000000000000200b700
mask ffffffffffffff00fffffffffffffffffeffffff
`;

test('an old kernel: what the machine has registered serves, if it works in another root', () => {
  expect(onOldKernel({ status: 'enabled\n', 'of-docker': registered }).stdout).toBe('goes on\n');
  for (const spoilt of [
    registered.replace('POCF', 'OC'),
    registered.replace('enabled', 'disabled'),
    registered.replace('b700', 'f300'),
  ]) {
    const { status, stderr, stdout } = onOldKernel({ status: 'enabled\n', entry: spoilt });
    expect({ status, stderr, stdout }).toEqual({ status: 125, stderr: `${NO_EMULATOR}\n`, stdout: '' });
  }
  expect(onOldKernel({}).status).toBe(125);
});

test('the script stays one that sh can read, and its program does not get the emulator’s descriptor', () => {
  const emulation = { name: 'qemu-arm', path: `/o d'd"$(id)/qemu` };
  const script = setupScript({ argv: ['true'], root: { kind: 'directory', path: '/a' }, emulation }, `/o d'd/target`);
  expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  expect(script).toContain('/usr/bin/env -- "$@" </dev/null 9<&-\n');
});

test('the namespace has the ids that this one has', () => {
  const [first, ...others] = namespaceWords();
  expect(first).toBe('--user');
  for (const word of others) expect(word).toMatch(/^--map-(users|groups)=(\d+):\2:\d+$/);
  expect(others.length).toBeGreaterThanOrEqual(2);
});

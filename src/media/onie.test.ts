import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { onieHeader, onieInstallScript } from './onie.ts';

/** An installer whose install.sh is `script`, with something in it that the header's sed might take for a line. */
async function makeInstaller(script: string, spoil = false): Promise<string> {
  const directory = await tempDirectory();
  await mkdir(join(directory, 'installer'));
  await writeFile(join(directory, 'installer/install.sh'), script, { mode: 0o755 });
  await writeFile(join(directory, 'installer/vmlinuz'), 'exit_marker\nkernel\n\0\n');
  execFileSync('tar', ['--create', '--file=payload', 'installer'], { cwd: directory });
  const payload = await readFile(join(directory, 'payload'));
  const payloadSha1 = createHash('sha1').update(payload).digest('hex');
  if (spoil) payload[600] = payload[600]! ^ 1;
  await writeFile(join(directory, 'image'), Buffer.concat([Buffer.from(onieHeader({ payloadSha1 })), payload]));
  return directory;
}

/** As root of a namespace of its own, so that what the script mounts goes away with it. */
function runAlone(directory: string, command: string): string {
  const argv = ['--map-root-user', '--mount', 'sh', '-c', command];
  return execFileSync('unshare', argv, { cwd: directory, encoding: 'utf8', stdio: 'pipe' });
}

test('the installer unpacks what is behind it and starts it', async () => {
  const directory = await makeInstaller('#!/bin/sh\ncat "$(dirname "$0")/vmlinuz"\n');
  expect(runAlone(directory, 'sh image')).toBe('exit_marker\nkernel\n\0\n');
});

test('with -x it only unpacks', async () => {
  const directory = await makeInstaller('#!/bin/sh\necho started\n');
  const said = runAlone(
    directory,
    'sh image -x | tee said; cmp installer/vmlinuz "$(sed "s/.*: //" said)"/installer/vmlinuz',
  );
  expect(said).toMatch(/^Image extracted to: \/\S+\n$/);
});

test('what is damaged is not started', async () => {
  const directory = await makeInstaller('#!/bin/sh\necho started\n', true);
  expect(() => runAlone(directory, 'sh image')).toThrow('is damaged: its SHA-1 sum is');
});

test('kexec is given the parameters as they are, and the console of ONIE', () => {
  const script = onieInstallScript('console=ttyS1 opt="$x"');
  execFileSync('sh', ['-n', '-c', script]);
  const shown = script.replace('cd "$(dirname "$0")"', 'kexec() { printf "<%s>" "$@"; }');
  const said = execFileSync('sh', ['-c', shown.replace(/^tty=.*$/m, 'tty=')], { encoding: 'utf8' });
  expect(said).toContain('boot=live nopersistent noeject dhcp fromiso=/conf/live.iso console=ttyS1 opt="$x"');
  expect(said).toMatch(/<vmlinuz><--exec>$/);
});

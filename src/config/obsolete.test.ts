import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runConfigCommand } from './command.ts';
import { oldWishesList } from './commandLine.ts';
import { obsoleteOptions } from './options/obsolete.ts';
import { configSwitches } from './options/switches.ts';
import { optionNames, rowOf } from './options.ts';
import { configOf, makeTree } from './tree.testing.ts';

test('no option of earlier days has a name of today, and each has its own', () => {
  const today = [...optionNames.map(rowOf), ...configSwitches].flatMap(({ long, short, ...row }) => [
    ...('aliases' in row ? (row.aliases ?? []) : []),
    ...(long === undefined ? [] : [long]),
    ...(short === undefined ? [] : [`-${short}`]),
  ]);
  const old = obsoleteOptions.flatMap(({ long, short }) => [long, ...(short === undefined ? [] : [`-${short}`])]);
  expect(old.filter((name) => today.includes(name))).toEqual([]);
  expect(new Set(old).size).toBe(old.length);
});

test.each([
  ['--sections main,contrib', { archiveAreas: ['main', 'contrib'] }],
  ['-f minimal', { debootstrapOptions: '--variant=minbase' }],
  ['-f standard', { debootstrapOptions: '' }],
  ['--debootstrap-options --include=a --bootstrap-flavour minimal', { debootstrapOptions: '--include=a' }],
  ['--binary-indices none', { aptIndices: false }],
  ['--apt-indices none', { aptIndices: false }],
  ['--volatile false', { updates: false }],
  ['--syslinux-timeout 5', { bootMenuTimeout: 5 }],
  ['--syslinux-timeout 0', { bootMenuTimeout: undefined }],
  ['--debian-installer-daily true', { debianInstallerDistribution: 'daily' }],
  ['--sysvinit true', { initsystem: 'sysvinit' }],
  ['--bootappend quiet', { bootappendLive: 'quiet' }],
  ['-b net,usb-hdd', { binaryImages: ['netboot', 'hdd'] }],
  ['--bootloader grub2', { bootloaders: ['grub-pc'] }],
  ['--initramfs auto', { initramfs: 'live-boot' }],
  ['--checksums enabled', { checksums: ['sha256'] }],
  ['--mirror-binary-backports http://b.example/', { backports: false }],
])('%s', async (commandLine, expected) => {
  const { values, warnings } = await configOf(await makeTree({}), commandLine);
  expect(values).toMatchObject(expected);
  expect(warnings).toHaveLength(1);
});

test('they do not make abbreviations of today ambiguous, and have none themselves', async () => {
  const directory = await makeTree({});
  expect((await configOf(directory, '--apt-p 5 --archive-a main')).values.aptPipeline).toBe(5);
  await expect(configOf(directory, '--packages-list x')).rejects.toMatchObject({
    code: 'OPTION_UNKNOWN',
    hint: 'Did you mean "--packages-lists"?',
  });
});

test('lists and packages that options named are written to a list, once', async () => {
  const directory = await makeTree({});
  const argv = ['-p', 'gnome standard own minimal', '--packages', 'vim, less', '--tasks', 'laptop'];
  for (const words of [argv, argv, [...argv, '--packages', 'mc'], []]) {
    await runConfigCommand({ directory, argv: words, env: {}, stdout: () => undefined });
  }
  expect((await readFile(join(directory, oldWishesList), 'utf8')).split('\n')).toEqual([
    'task-gnome-desktop',
    '! Packages Priority standard',
    expect.stringMatching(/^# own: /),
    ...['vim', 'less', 'task-laptop', 'mc', ''],
  ]);
});

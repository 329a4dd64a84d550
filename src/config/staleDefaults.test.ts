import { expect, test } from 'vitest';
import { configOf, makeTree } from './tree.testing.ts';

/** What live-build writes of suites after `lb config -d bookworm` and `lb config -d trixie`. */
const mixed = {
  'config/bootstrap':
    'LB_DISTRIBUTION="trixie"\nLB_DISTRIBUTION_CHROOT="bookworm"\nLB_DISTRIBUTION_BINARY="bookworm"\n' +
    'LB_PARENT_DISTRIBUTION_CHROOT="bookworm"\nLB_PARENT_DISTRIBUTION_BINARY="bookworm"\n',
  'config/binary': 'LB_ISO_VOLUME="Debian bookworm @ISOVOLUME_TS@"\n',
};

test('defaults of another suite that live-build kept count, with a warning that says how to let them go', async () => {
  const directory = await makeTree(mixed);
  const { values, warnings } = await configOf(directory);
  expect(values.parentDistributionChroot).toBe('bookworm');
  expect(warnings).toEqual([
    {
      message:
        'LB_DISTRIBUTION_CHROOT, LB_ISO_VOLUME: defaults that an earlier --distribution bookworm left behind; ' +
        'they count as they are.',
      hint: 'To let them follow: lb config --distribution-chroot "" --iso-volume ""',
      place: { path: 'config/bootstrap', line: 2 },
    },
  ]);
  const followed = await configOf(directory, '--distribution-chroot= --iso-volume=');
  expect([followed.values.parentDistributionBinary, followed.values.isoVolume]).toEqual([
    'trixie',
    'Debian trixie @ISOVOLUME_TS@',
  ]);
  expect(followed.warnings).toEqual([]);
});

test('also of another architecture', async () => {
  const files = {
    'config/bootstrap': 'LB_ARCHITECTURE="arm64"\n',
    'config/chroot': 'LB_LINUX_FLAVOURS_WITH_ARCH="amd64"\n',
    'config/binary': 'LB_BOOTLOADER_BIOS="syslinux"\n',
  };
  const { warnings } = await configOf(await makeTree(files));
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('--architecture amd64 left behind')]);
});

test.each([
  ['one value alone may be a wish', { 'config/bootstrap': 'LB_DISTRIBUTION=trixie\nLB_DISTRIBUTION_CHROOT=sid\n' }],
  [
    'what was set on purpose, in all places',
    { 'config/bootstrap': 'LB_DISTRIBUTION=trixie\nLB_PARENT_DISTRIBUTION_CHROOT=sid\nLB_PARENT_DISTRIBUTION=sid\n' },
  ],
])('%s', async (_, files) => {
  expect((await configOf(await makeTree(files))).warnings).toEqual([]);
});

test('files of ours tell wishes from defaults themselves', async () => {
  const notice =
    '# A value that is the same as in the "Default:" line above it was not chosen and follows other options.\n';
  const files = Object.fromEntries(Object.entries(mixed).map(([path, text]) => [path, notice + text]));
  expect((await configOf(await makeTree(files))).warnings).toEqual([]);
});

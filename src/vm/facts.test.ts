import { expect, test } from 'vitest';
import { passwordPrompt, readAnswers } from './facts.ts';

const liveMounts = [
  'sysfs /sys sysfs rw 0 0',
  '/dev/sr0 /run/live/medium iso9660 ro,noatime 0 0',
  '/dev/loop0 /run/live/rootfs/filesystem.squashfs squashfs ro,noatime 0 0',
  'tmpfs /run/live/overlay tmpfs rw 0 0',
  'overlay / overlay rw,noatime,lowerdir=/run/live/rootfs/filesystem.squashfs/,upperdir=/run/live/overlay/rw,workdir=/run/live/overlay/work 0 0',
].join('\n');

test('a live system is told by its mounts', () => {
  expect(readAnswers({ mounts: liveMounts }).facts).toEqual({
    rootType: 'overlay',
    isRootOnSquashfs: true,
    rootImageType: 'squashfs',
    liveMediumType: 'iso9660',
  });
});

test('an installed system is told from a live one', () => {
  expect(readAnswers({ mounts: '/dev/sda1 / ext4 rw 0 0' }).facts).toEqual({
    rootType: 'ext4',
    isRootOnSquashfs: false,
  });
});

test('an overlay on something else than a SquashFS does not pass for one', () => {
  const mounts = liveMounts.replace('squashfs ro', 'ext4 ro');
  expect(readAnswers({ mounts }).facts.isRootOnSquashfs).toBe(false);
});

test('of an overlay on several layers the lowest counts', () => {
  const mounts = liveMounts.replace('lowerdir=', 'lowerdir=/run/live/rootfs/extra:');
  expect(readAnswers({ mounts }).facts.isRootOnSquashfs).toBe(true);
});

test('a system image of another kind is named', () => {
  expect(readAnswers({ mounts: liveMounts.replace('squashfs ro', 'ext4 ro') }).facts.rootImageType).toBe('ext4');
  const plain = liveMounts.replace('/run/live/rootfs/filesystem.squashfs/', '/run/live/medium/live/filesystem.dir');
  expect(readAnswers({ mounts: plain }).facts.rootImageType).toBe('directory');
});

test('dracut has other places', () => {
  const mounts = [
    '/dev/sr0 /run/initramfs/live iso9660 ro 0 0',
    '/dev/loop0 /run/rootfsbase squashfs ro 0 0',
    'LiveOS_rootfs / overlay rw,lowerdir=/run/rootfsbase,upperdir=/run/overlayfs,workdir=/run/ovlwork 0 0',
  ].join('\n');
  expect(readAnswers({ mounts }).facts).toMatchObject({ rootImageType: 'squashfs', liveMediumType: 'iso9660' });
});

test('failed units are named', () => {
  const failed = 'a.service loaded failed failed A\nb.mount loaded failed failed B';
  expect(readAnswers({ failed }).failedUnits).toEqual(['a.service', 'b.mount']);
  expect(readAnswers({ failed: '' }).failedUnits).toEqual([]);
});

test.each([
  ['1', 'enabled'],
  ['0', 'disabled'],
  ['no-uefi', 'no-uefi'],
  ['', undefined],
])('Secure Boot variable %j means %s', (secureBoot, meaning) => {
  expect(readAnswers({ secureBoot }).facts.secureBoot).toBe(meaning);
});

test('what was not answered stays out', () => {
  expect(readAnswers({}).facts).toEqual({});
  expect(readAnswers({ kernel: '6.12', startupTime: 'Startup finished in 9s\ngraphical.target' }).facts).toEqual({
    kernel: '6.12',
    startupTime: 'Startup finished in 9s',
  });
});

test.each([
  ['user\nPassword: ', true],
  ['user\nMot de passe : ', true],
  ['user\nPasswort: ', true],
  ['user\nパスワード：', true],
  ['user\nPassword: [   12.5] a message of the kernel\n', true],
  ['user\n', false],
  ['user\n[   35.526255] systemd[1]: ', false],
  ['user\nStarting: something\n', false],
])('%j asks for a password: %s', (text, isAsking) => {
  expect(passwordPrompt.test(text)).toBe(isAsking);
});

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

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { lendWishes, makerArgv } from './initrdWishes.ts';

test('nothing is lent to a usual initramfs', () => {
  expect(lendWishes({})).toEqual({});
  expect(makerArgv('6.12-amd64', {})).toEqual(['update-initramfs', '-c', '-k', '6.12-amd64']);
});

test('what mkinitramfs is to read', () => {
  const lent = lendWishes({ modules: ['cmac', 'ccm'], compression: 'bzip2', opensVerity: true });
  expect(lent['/usr/share/initramfs-tools/modules.d/livewright']).toEqual({ content: 'cmac\nccm\n' });
  expect(lent['/etc/initramfs-tools/conf.d/zz-livewright']).toEqual({ content: 'COMPRESS=bzip2\n' });
  const hook = lent['/usr/share/initramfs-tools/hooks/livewright-verity'];
  expect(hook).toMatchObject({ mode: 0o755 });
  // initramfs-tools asks each hook what it must come after; sh itself judges the rest.
  const content = typeof hook === 'object' && 'content' in hook ? String(hook.content) : '';
  expect(execFileSync('sh', ['-c', content, 'hook', 'prereqs'], { encoding: 'utf8' })).toBe('');
  execFileSync('sh', ['-n', '-c', content]);
});

test('dracut names the initramfs as initramfs-tools does', () => {
  expect(makerArgv('6.12-amd64', { dracutModules: ['dmsquash-live'] })).toEqual([
    ...['dracut', '--force', '--reproducible', '--add', 'dmsquash-live', '/boot/initrd.img-6.12-amd64', '6.12-amd64'],
  ]);
});

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hostArchitecture } from '../../src/sandbox/loader.ts';
import { lbSucceeds, write } from './lb.ts';

/** One that this machine does not run by itself, and what the hook writes there. */
export const foreignArchitecture =
  hostArchitecture() === 'arm64'
    ? { name: 'riscv64', told: 'riscv64 riscv64 -sh\n' }
    : { name: 'arm64', told: 'aarch64 arm64 -sh\n' };

/** A tree for a base system of an architecture, without a kernel, and with a hook that writes down where it runs. */
export async function makeForeignTree(directory: string, architecture: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const target = ['-d', 'trixie', '-a', architecture, '--debootstrap-options', '--variant=minbase'];
  const without = ['--linux-packages', 'none', '--firmware-chroot', 'false', '--apt-recommends', 'false'];
  const small = ['--security', 'false', '--updates', 'false', '--apt-indices', 'false'];
  await lbSucceeds(['config', ...target, ...without, ...small], { directory });
  for (const part of ['hooks', 'package-lists']) rmSync(join(directory, 'config', part), { recursive: true });
  // Of a shell that was called by another name, as a login shell is: the emulator must hand that on.
  const hook = `#!/bin/sh\nset -e\nname=$(perl -e 'exec { "/bin/sh" } "-sh", "-c", "echo \\$0"')\n`;
  const tell = 'echo "$(uname -m) $(dpkg --print-architecture) $name" >/etc/told\n';
  write(directory, 'config/hooks/normal/0100-tell.hook.chroot', hook + tell, 0o755);
}

/** What the hook wrote, where `lb chroot --extract` has left the system. */
export function toldBy(directory: string): string {
  return readFileSync(join(directory, 'chroot/etc/told'), 'utf8');
}

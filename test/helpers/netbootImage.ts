import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { copyFirst, lbSucceeds } from './lb.ts';

export interface NetbootImageOptions {
  /** An empty directory, which gets what is in the archive. */
  readonly directory: string;
  /** As `--net-root-server`. */
  readonly server: string;
  readonly timeoutSeconds: number;
}

/** Builds the example as a netboot image with menus on screen and serial line. Returns the archive's path. */
export async function makeNetbootImage({ directory, server, timeoutSeconds }: NetbootImageOptions): Promise<string> {
  const tree = copyFirst('netboot-tree');
  const menu = ['--boot-menu-timeout', String(timeoutSeconds), '--boot-menu-serial', '0'];
  // Not quiet: the kernel's own words tell what it was started with.
  const live = ['--bootappend-live', 'boot=live components'];
  const options = ['-b', 'netboot', '--net-root-server', server, '--uefi-secure-boot', 'enable', ...live, ...menu];
  await lbSucceeds(['config', ...options], { directory: tree });
  await lbSucceeds(['build'], { directory: tree });
  const archive = join(tree, 'live-image-amd64.netboot.tar');
  execFileSync('tar', ['--extract', '--file', archive, '--directory', directory]);
  return archive;
}

import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { codec, makeTree, suite } from './config.js';
import { isolated } from './liveBuild.js';
import { logPath, sample, time } from './measure.js';

/** What byHand.sh needs, with a file of each. */
const packages = {
  mmdebstrap: '/usr/bin/mmdebstrap',
  'squashfs-tools': '/usr/bin/mksquashfs',
  xorriso: '/usr/bin/xorriso',
  isolinux: '/usr/lib/ISOLINUX/isolinux.bin',
  'syslinux-common': '/usr/lib/syslinux/modules/bios/menu.c32',
  'shim-signed': '/usr/lib/shim/shimx64.efi.signed',
  'grub-efi-amd64-signed': '/usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed',
  mtools: '/usr/bin/mcopy',
  dosfstools: '/usr/sbin/mkfs.vfat',
};

export function prepareByHand() {
  if (process.getuid?.() !== 0) throw new Error('byHand.sh needs root; run as root, or with --only ours.');
  const missing = () => Object.keys(packages).filter((name) => !existsSync(packages[name]));
  if (missing().length === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['install', '--yes', '--no-install-recommends', ...missing()], { env, stdio: ['ignore', 2, 2] });
  if (missing().length > 0)
    throw new Error(`${missing().join(', ')} could not be installed; try "apt-get update" first.`);
}

/**
 * A script keeps nothing: whatever was changed, it is run again and takes what it took the first time. So it is measured once,
 * and every row has that figure.
 * @param {any} options
 * @param {number} run
 */
export async function runByHand({ project, work, timeoutMs, mirrors }, run) {
  const home = join(work, 'by-hand');
  const tree = join(home, 'tree');
  rmSync(home, { recursive: true, force: true });
  makeTree(project, tree);
  const what = { half: /** @type {const} */ ('by-hand'), scenario: 'cold', run };
  const words = [tree, join(home, 'work'), suite, codec, mirrors.main, ...(mirrors.security ? [mirrors.security] : [])];
  const argv = [...isolated, join(project, 'bench/byHand.sh'), ...words];
  const measured = await sample(what, async () => {
    const { seconds } = await time({ argv, cwd: home, log: logPath(work, what), timeoutMs });
    return { seconds, imageBytes: statSync(join(home, 'work/live.hybrid.iso')).size };
  });
  return [measured];
}

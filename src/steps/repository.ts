import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../engine/step.ts';
import { LENT, type LentFiles } from '../rootfs/buildTime.ts';
import { place } from '../rootfs/place.ts';
import type { Bind } from '../sandbox/types.ts';
import type { Digest } from '../store/types.ts';
import { archiveFileName, type LockSlice } from './lock.ts';

const ARCHIVES = `${LENT}/archives`;

/**
 * What the target's own apt needs to install packages of the lock and nothing else, without network: an index of the
 * lock as its only source, and the packages as if they had been downloaded already.
 */
function aptFiles(packagesText: string, dpkgOptions: readonly string[]): LentFiles {
  return {
    [`${LENT}/apt.conf`]: { content: aptConf + dpkgConf(dpkgOptions) },
    [`${LENT}/sources.list`]: { content: `deb [trusted=yes] copy:${LENT}/repository ./\n` },
    // The name apt gives to the index of that source (URItoFileName): no `apt-get update` is needed.
    [`${LENT}/lists/_livewright_repository_._Packages`]: { content: packagesText },
    [`${LENT}/lists/partial`]: 'directory',
    [ARCHIVES]: 'directory',
  };
}

const aptConf = `
Dir::Etc::sourcelist "${LENT}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::Lists "${LENT}/lists/";
Dir::Cache::archives "${ARCHIVES}/";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Install-Recommends "false";
APT::Get::Assume-Yes "true";
APT::Get::Download "false";
APT::Get::AllowUnauthenticated "true";
APT::Sandbox::User "root";
Debug::NoLocking "true";
Dpkg::Use-Pty "false";
`;

/** Nobody is there whom dpkg could ask about files that packages and the user's includes both have: the user's stay, unless he wants it otherwise. */
export function dpkgConf(options: readonly string[]): string {
  const isSaid = options.some((word) => /^--force-conf(new|old|def)$/.test(word));
  const words = ['--force-unsafe-io', ...(isSaid ? [] : ['--force-confdef', '--force-confold']), ...options];
  return `DPkg::Options { ${words.map((word) => `"${word}";`).join(' ')} };\n`;
}

export const aptEnvironment = {
  APT_CONFIG: `${LENT}/apt.conf`,
  // The kernel's postinst would make an initramfs now, which the initrd step makes once, after the hooks
  // (initramfs-tools, /etc/kernel/postinst.d/initramfs-tools).
  INITRD: 'No',
};

export interface GatheredSlice {
  /** Directory with the packages under the names apt expects, linked from the store. */
  readonly archives: string;
  readonly binds: readonly Bind[];
  readonly lent: LentFiles;
}

export async function gatherSlice(
  { store, scratch }: StepContext,
  slice: LockSlice,
  dpkgOptions: readonly string[] = [],
): Promise<GatheredSlice> {
  const archives = join(scratch, 'archives');
  await mkdir(join(archives, 'partial'), { recursive: true });
  for (const item of slice.packages) {
    const source = await store.blobPath({ blob: item.sha256 as Digest, sizeBytes: item.sizeBytes });
    await place(source, join(archives, archiveFileName(item)));
  }
  const index = await readFile(await store.blobPath(slice.index), 'utf8');
  return { archives, binds: [{ source: archives, target: ARCHIVES }], lent: aptFiles(index, dpkgOptions) };
}

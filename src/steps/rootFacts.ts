import { installedPackages, packagesText } from '../rootfs/dpkgStatus.ts';
import { type Layer, readInLayers } from '../rootfs/find.ts';

/** Names of packages that the lowest `count` layers do not have, or in another version (live-build's binary_manifest). */
export async function namesBeyond(stack: readonly Layer[], count: number): Promise<string> {
  const linesOf = async (layers: readonly Layer[]): Promise<string[]> => {
    const status = (await readInLayers(layers, 'var/lib/dpkg/status')) ?? '';
    return packagesText(installedPackages(status)).split('\n').filter(Boolean);
  };
  const before = new Set(await linesOf(stack.slice(0, count)));
  const beyond = (await linesOf(stack)).filter((line) => !before.has(line));
  return beyond.map((line) => `${line.split('\t')[0]}\n`).join('');
}

/** VERSION_ID of a system's os-release; empty in Debian's testing and unstable, which have none. */
export async function releaseNumber(layers: readonly Layer[]): Promise<string> {
  const release = (await readInLayers(layers, 'usr/lib/os-release')) ?? '';
  return /^VERSION_ID="?([^"\n]*)/m.exec(release)?.[1] ?? '';
}

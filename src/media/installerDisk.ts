import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasLinks, type InstallerType, type MediumSettings } from './settings.ts';

interface DiskKind {
  /** What `.disk/info` calls the medium. */
  readonly label: string;
  /** debian-cd's word for how much of Debian is on the medium. */
  readonly type?: string;
  /** Whether the base system can be installed without a network. */
  readonly isInstallable: boolean;
  /** Udebs that the installer is to load besides those it wants anyway; absent: no list. */
  readonly udebs?: readonly string[];
}

const forNetwork = ['netcfg', 'ethdetect'];

const kinds: Readonly<Record<InstallerType, DiskKind>> = {
  cdrom: { label: 'LIVE/CD', type: 'full_cd', isInstallable: true, udebs: forNetwork },
  netinst: { label: 'LIVE/NETINST', type: 'not_complete', isInstallable: true, udebs: forNetwork },
  businesscard: {
    ...{ label: 'LIVE/BC', type: 'not_complete', isInstallable: false },
    udebs: ['choose-mirror', ...forNetwork],
  },
  netboot: { label: 'LIVE/NETBOOT', isInstallable: false },
  live: { label: 'LIVE/INSTALL', type: 'live', isInstallable: true, udebs: forNetwork },
};

export function diskLabel({ installer }: Pick<MediumSettings, 'installer'>): string {
  return installer === undefined ? 'LIVE' : kinds[installer.type].label;
}

/** Files of `.disk/` by which the installer knows what it has before it (cdrom-detect, anna, base-installer). */
export async function writeInstallerDisk(directory: string, settings: MediumSettings): Promise<void> {
  const { installer, architecture } = settings;
  if (installer === undefined) return;
  const { type, isInstallable, udebs } = kinds[installer.type];
  const files: Record<string, string> = {};
  if (type !== undefined) files['cd_type'] = `${type}\n`;
  if (installer.type !== 'netboot') files['base_components'] = 'main\n';
  if (isInstallable) files['base_installable'] = '';
  if (udebs !== undefined) {
    const more = architecture === 'amd64' || architecture === 'i386' ? ['pcmciautils-udeb'] : [];
    const last = installer.type === 'live' ? ['live-installer'] : [];
    files['udeb_include'] = [...udebs, ...more, ...last].map((name) => `${name}\n`).join('');
  }
  await mkdir(join(directory, '.disk'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, '.disk', name), text);
}

/** The names by which an installer looks for its suite on the medium; where there are no links, copies. */
export async function nameSuites(directory: string, settings: MediumSettings): Promise<void> {
  const { installer, parentDistribution } = settings;
  if (installer?.suite === undefined) return;
  const names = new Set(['stable', 'testing', 'unstable', parentDistribution]);
  names.delete(installer.suite);
  const dists = join(directory, 'dists');
  for (const name of names) {
    if (hasLinks(settings)) await symlink(installer.suite, join(dists, name));
    else await cp(join(dists, installer.suite), join(dists, name), { recursive: true });
  }
  if (hasLinks(settings)) await symlink('.', join(directory, 'debian'));
}

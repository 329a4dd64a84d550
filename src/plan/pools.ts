import type { ImageType } from '../config/options/image.ts';
import type { Step } from '../engine/step.ts';
import { firmwareStep } from '../steps/firmware.ts';
import { firmwarePatternsStep } from '../steps/firmwarePatterns.ts';
import type { ListOutputs } from '../steps/listCommands.ts';
import type { Lock } from '../steps/lock.ts';
import { type InstallerPool, poolStep } from '../steps/pool.ts';
import type { PoolForInstaller } from '../steps/poolForInstaller.ts';
import { poolLockStep } from '../steps/poolLock.ts';
import type { ResolveOptions } from '../steps/resolve.ts';
import type { Wish } from '../steps/wishes.ts';
import type { TreeRef } from '../store/types.ts';
import type { PlannedInstaller } from './installer.ts';
import { loadsFromMedium } from './mediumSettings.ts';
import type { PackagesRequest } from './packages.ts';
import type { ListCommand } from './tree.ts';

interface ForPools {
  readonly outputs: Step<ListOutputs> | undefined;
  readonly bootstrap: Step<TreeRef> | undefined;
  readonly lock: Step<Lock>;
}

type Pool = Step<TreeRef> | undefined;

/** The packages of a medium: those of lists, and where an installer loads its parts from the medium, what it needs. */
export function planPools(
  request: PackagesRequest,
  options: ResolveOptions,
  parts: ForPools,
): (type: ImageType) => Pool {
  const { fromMedium } = request.installer;
  const ofLists = request.tree.poolLists.length > 0 ? planPool(request, options, parts) : undefined;
  const ofInstaller = fromMedium && planPool(request, options, { ...parts, fromMedium });
  return (type) => (loadsFromMedium(request.config.values, type) ? ofInstaller : ofLists);
}

interface ForPool extends ForPools {
  readonly fromMedium?: NonNullable<PlannedInstaller['fromMedium']>;
}

function planPool(request: PackagesRequest, options: ResolveOptions, parts: ForPool): Pool {
  const { tree, config, base, tools, downloader } = request;
  const { outputs, bootstrap, lock, fromMedium } = parts;
  if (bootstrap === undefined) return undefined;
  const { values } = config;
  const { architecture, parentArchiveAreas: areas, parentDistributionBinary: codename } = values;
  // Two pools in one build are two steps: the network's images have no installer to look at theirs.
  const suffix = fromMedium && values.binaryImages.includes('netboot') ? ':installer' : '';
  const forInstaller = fromMedium && lockForInstaller(request, options, lock);
  const chosen = poolLockStep({
    ...options,
    name: `pool-lock${suffix}`,
    ...(outputs && { outputs }),
    ...(forInstaller && { installer: forInstaller }),
    lists: (found) => tree.poolLists.map((list) => list.flatMap((entry) => wishesOf(entry, found))),
  });
  const installer = fromMedium && filesForInstaller(request, fromMedium, forInstaller?.firmware);
  const suite = fromMedium ? values.parentDebianInstallerDistribution : codename;
  const settings = { suite, architecture, areas, ...(fromMedium && { codename }) };
  const { epoch } = base;
  const name = `pool${suffix}`;
  const made = { name, tools, epoch, lock: chosen, bootstrap, downloader, settings };
  return poolStep({ ...made, ...(installer && { installer }) });
}

function lockForInstaller(
  { config: { values }, index, downloader }: PackagesRequest,
  options: ResolveOptions,
  lock: Step<Lock>,
): PoolForInstaller {
  const { architecture } = values;
  // The same step as that of --firmware-chroot, where there is one.
  const firmware = options.firmware ?? firmwareStep({ index, downloader, architecture });
  const kind = values.debianInstaller === 'live' ? 'live' : 'cdrom';
  return { kind, lock, ...(values.firmwareBinary && { firmware }) };
}

function filesForInstaller(
  { tree: { directory, installer }, index, downloader }: PackagesRequest,
  fromMedium: NonNullable<PlannedInstaller['fromMedium']>,
  found: PoolForInstaller['firmware'],
): InstallerPool {
  const firmware = found && { found, patterns: firmwarePatternsStep({ index, firmware: found, downloader }) };
  return {
    ...{ ...fromMedium, excluded: installer.excluded, directory, local: installer.packages },
    ...(firmware && { firmware }),
  };
}

const wishesOf = (entry: Wish | ListCommand, outputs: ListOutputs): Wish[] =>
  'spec' in entry ? [entry] : said([entry], outputs);

/** What commands in lists have said. */
export function said(commands: readonly ListCommand[], outputs: ListOutputs): Wish[] {
  return commands.flatMap(({ command, place }) => (outputs[command] ?? []).map((spec) => ({ spec, place })));
}

import type { ResultOf, Step } from '../engine/step.ts';
import type { AptSimulation } from './aptSimulation.ts';
import type { Firmware } from './firmware.ts';
import { installerPackages } from './installerPackages.ts';
import type { Lock } from './lock.ts';
import { type Chosen, keyOf, type PoolPackage, poolPackage } from './poolLock.ts';
import { fieldOf, type Stanzas } from './stanzas.ts';

/** What the medium carries for an installer on it. */
export interface PoolForInstaller {
  /** `live`: what is installed in the live system need not be there; `cdrom`: the base system is there. */
  readonly kind: 'live' | 'cdrom';
  /** The live system's packages. */
  readonly lock: Step<Lock>;
  readonly firmware?: Step<Firmware>;
}

type InstallerInputs = {
  readonly kind: 'live' | 'cdrom';
  /** Names of all packages of the live system. */
  readonly installed: readonly string[];
  readonly bootstrap: readonly Chosen[];
  readonly firmware: readonly string[];
};

/** What of the live system's packages, and of firmware, the choice depends on. */
export function installerInputs({ kind, lock, firmware }: PoolForInstaller, resultOf: ResultOf): InstallerInputs {
  const { slices } = resultOf(lock);
  const chosen = ({ name, version, architecture }: Chosen): Chosen => ({ name, version, architecture });
  const isLive = kind === 'live';
  return {
    kind,
    installed: isLive ? slices.flatMap(({ packages }) => packages.map(({ name }) => name)) : [],
    bootstrap: isLive ? [] : (slices[0]?.packages ?? []).map(chosen),
    firmware: firmware ? resultOf(firmware).names : [],
  };
}

export interface ForInstaller extends InstallerInputs {
  readonly architecture: string;
  readonly stanzas: Stanzas;
  readonly apt: AptSimulation;
  readonly log: (line: string) => void;
}

/** The packages that an installer on the medium may need, with all that they need. */
export async function packagesForInstaller(request: ForInstaller): Promise<PoolPackage[]> {
  const { architecture, stanzas, apt, firmware } = request;
  const isThere = (name: string): boolean => {
    if (stanzas.has(name)) return true;
    request.log(`${name} is not in the archive, and so not on the medium.`);
    return false;
  };
  const { together, required } = installerPackages(architecture);
  const needed = [...required, ...firmware];
  const groups = [together.filter(isThere), ...needed.filter(isThere).map((name) => [name])];
  const found = new Map<string, Chosen>(request.bootstrap.map((item) => [keyOf(item), item]));
  for (const specs of groups.filter((group) => group.length > 0)) {
    const alone = specs.length === 1 ? standsAlone(specs[0] as string, request) : undefined;
    const installed = alone ? [alone] : (await apt.simulate({ specs, installed: '', recommends: false })).installed;
    for (const item of installed) found.set(keyOf(item), item);
  }
  const isFirmware = new Set(firmware);
  const dropped = new Set(request.installed.filter((name) => !needed.includes(name)));
  return [...found.values()]
    .filter(({ name }) => !dropped.has(name))
    .map((item) => ({
      ...poolPackage(firstStanza(stanzas, item)),
      use: isFirmware.has(item.name) ? 'firmware' : 'installer',
    }));
}

/** A package that needs no other, in its only version: apt need not be asked, and most firmware is so. */
function standsAlone(name: string, { stanzas, architecture }: ForInstaller): Chosen | undefined {
  const [stanza, ...others] = stanzas.named(name);
  if (stanza === undefined || others.length > 0) return undefined;
  if (fieldOf(stanza, 'Depends') !== '' || fieldOf(stanza, 'Pre-Depends') !== '') return undefined;
  const own = fieldOf(stanza, 'Architecture');
  return own === 'all' || own === architecture
    ? { name, version: fieldOf(stanza, 'Version'), architecture: own }
    : undefined;
}

function firstStanza(stanzas: Stanzas, { name, version, architecture }: Chosen): string {
  const stanza = stanzas.find(name, version, architecture);
  if (stanza === undefined) throw new Error(`apt chose ${name} ${version}, which no index has`);
  return stanza;
}

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import { type HostMirrors, readHostMirrors } from './hostMirrors.ts';
import type { Architecture } from './options/target.ts';

/** What defaults depend on besides other values. */
export interface HostFacts {
  /** Throws CONFIG_VALUE if Debian has no name for this machine's processor. */
  readonly architecture: () => Architecture;
  readonly mirrors: HostMirrors;
  /** SOURCE_DATE_EPOCH is set: the build is to give the same bytes everywhere. */
  readonly isReproducible: boolean;
  /** config/debian-installer/preseed.cfg exists. */
  readonly hasPreseedFile: boolean;
}

export interface HostFactsRequest {
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: /etc/apt. */
  readonly aptDirectory?: string;
}

/** Node's names of processors, and Debian's. */
const architectureByNodeName: Readonly<Record<string, Architecture>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'armhf',
  ia32: 'i386',
  ppc64: 'ppc64el',
  riscv64: 'riscv64',
  s390x: 's390x',
};

export function toDebianArchitecture(nodeName: string): Architecture {
  const architecture = architectureByNodeName[nodeName];
  if (architecture !== undefined) return architecture;
  throw new LivewrightError('CONFIG_VALUE', {
    message: `Debian has no architecture for this machine's processor (${nodeName}).`,
    hint: 'Name one with --architecture.',
    data: { option: '--architecture', processor: nodeName },
  });
}

export async function readHostFacts({
  directory,
  env,
  aptDirectory = '/etc/apt',
}: HostFactsRequest): Promise<HostFacts> {
  const preseedFile = join(directory, 'config/debian-installer/preseed.cfg');
  return {
    architecture: () => toDebianArchitecture(process.arch),
    mirrors: await readHostMirrors(aptDirectory),
    isReproducible: Boolean(env['SOURCE_DATE_EPOCH']),
    hasPreseedFile: await orIfAbsent(
      access(preseedFile).then(() => true),
      false,
    ),
  };
}

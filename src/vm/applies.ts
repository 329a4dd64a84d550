import type { ImageFacts } from './imageFacts.ts';
import { isMarked } from './imageMarks.ts';
import type { PrepareDisk, StartLab } from './lab.ts';
import type { Boot, ImageKind, Scenario } from './matrix.ts';
import type { GuestArchitecture } from './types.ts';

/** What some rows of the matrix need besides a machine. */
export interface Fittings {
  readonly prepareDisk?: PrepareDisk;
  readonly startLab?: StartLab;
}

export interface Candidate {
  readonly architecture: GuestArchitecture;
  readonly facts: Pick<ImageFacts, 'kind' | 'marks'>;
}

const kindNames: Readonly<Record<ImageKind, string>> = {
  iso: 'a plain ISO image, which firmware starts from a disc only',
  'iso-hybrid': 'a hybrid ISO image',
  hdd: 'a disk image',
  netboot: 'a netboot archive',
  tar: 'a tar archive, which no firmware starts',
};

/** Why a row of the matrix does not apply to an image, as the end of a sentence; undefined where it does. */
export function whyNot(boot: Boot, candidate: Candidate, fittings: Fittings): string | undefined {
  const { kind } = candidate.facts;
  if (!boot.kinds.includes(kind)) return `this is ${kindNames[kind]}`;
  if (candidate.architecture === 'arm64' && boot.firmware === 'bios') return 'arm64 machines have no BIOS';
  return lackOfImage(boot, candidate) ?? lackOfFittings(boot, fittings);
}

function lackOfImage({ scenario, firmware }: Boot, { facts: { marks }, architecture }: Candidate): string | undefined {
  if (scenario === 'memtest' && architecture === 'arm64') return 'there is no memory test for arm64';
  const memtest = firmware === 'bios' ? marks.memtest.bios : marks.memtest.uefi;
  if (scenario === 'memtest' && !isMarked(memtest)) return 'its menu has no memory test for this firmware';
  const hasInstaller = isMarked(marks.installer) || isMarked(marks.graphicalInstaller);
  if (scenario === 'installer' && !hasInstaller) return 'its menu has no installer';
  if (firmware === 'uefi-ia32' && architecture === 'arm64') return 'no arm64 machine has such firmware';
  if (firmware === 'uefi-ia32' && !marks.hasIa32Loader) return 'it has no boot loader for 32-bit UEFI';
  if (scenario === 'nfs' && marks.hasCifsRoot) return 'its system comes over CIFS, which is not served here';
  if (isOfLiveBoot.has(scenario) && marks.isWithoutLiveBoot)
    return 'its system is started without live-boot, which does that';
  if (scenario === 'luks' && !marks.hasCryptsetup) return 'its system lacks the package cryptsetup-initramfs';
  return undefined;
}

/** What live-boot does by a kernel parameter. */
const isOfLiveBoot: ReadonlySet<Scenario> = new Set(['toram', 'persistence', 'luks']);

function lackOfFittings({ scenario, attach }: Boot, { prepareDisk, startLab }: Fittings): string | undefined {
  if ((scenario === 'persistence' || scenario === 'luks') && !prepareDisk)
    return 'no persistence partition can be made here';
  if (attach === 'network' && !startLab) return 'no network can be served here';
  return undefined;
}

import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mergedUsrDirectories, type ToolsArchitecture } from '../debian/toolsSpec.ts';
import { defineStep, type Step } from '../engine/step.ts';
import { orIfAbsent } from '../errors.ts';
import { LENT } from '../rootfs/buildTime.ts';
import type { TreeRef } from '../store/types.ts';
import { archiveFileName, type Lock, type LockedPackage, sliceOf } from './lock.ts';
import { installWithApt, watchDpkg } from './packages.ts';
import { gatherSlice } from './repository.ts';
import { type ChrootBase, type ChrootLayer, changeRoot, chrootInputs, chrootNeeds, toLog } from './workshop.ts';

export interface BootstrapOptions {
  readonly base: ChrootBase;
  readonly resolve: Step<Lock>;
  readonly download: Step;
  /** False: apt in the system does not install what packages only recommend either, as live-build leaves it. */
  readonly recommends: boolean;
}

/**
 * The base system: what debootstrap makes. The essential packages are first unpacked as plain archives, because
 * dpkg needs them to run; then dpkg installs them properly, and the target's own apt installs the rest of the slice.
 */
export function bootstrapStep({ base, resolve, download, recommends }: BootstrapOptions): Step<TreeRef> {
  return defineStep({
    name: 'bootstrap',
    title: 'base system',
    version: 3,
    needs: [...chrootNeeds(base), resolve, download],
    inputs: (resultOf) => ({
      ...chrootInputs(base, resultOf),
      essential: resultOf(resolve).essential,
      slice: sliceOf(resultOf(resolve), 'bootstrap'),
      recommends,
    }),
    run: async (inputs, context) => {
      const { slice } = inputs;
      const { archives, binds, lent } = await gatherSlice(context, slice);
      return changeRoot({ ...inputs, context, below: [], lent }, async (layer) => {
        const essential = slice.packages.filter((item) => inputs.essential.includes(item.name));
        const onLine = watchDpkg(context, slice.packages.length);
        await unpackPlainly({ layer, packages: essential, archives, ...toLog(context) });
        const files = essential.map((item) => `${LENT}/archives/${archiveFileName(item)}`);
        // dpkg itself does not order Pre-Depends among packages of one call; all of them are unpacked already.
        await layer.runInRoot({ argv: ['dpkg', '--force-depends', '--install', ...files], binds, onLine });
        await installWithApt({ layer, slice, binds, onLine });
        // live-build leaves these two in the image: live-config names the machine, live-boot writes the resolver's file.
        await writePlain(join(layer.upper, 'etc/hostname'), 'localhost.localdomain\n');
        await writePlain(join(layer.upper, 'etc/resolv.conf'), '');
        // debootstrap's own words, which programs look for.
        await writePlain(join(layer.upper, 'etc/fstab'), '# UNCONFIGURED FSTAB FOR BASE SYSTEM\n');
        await nameImage(layer.upper, inputs.settings.epochSeconds);
        if (!inputs.recommends) await writePlain(join(layer.upper, 'etc/apt/apt.conf.d/00recommends'), noRecommends);
      });
    },
  });
}

/** apt.conf(5), and aptitude's own. */
const noRecommends = 'APT::Install-Recommends "false";\nAptitude::Recommends-Important "false";\n';

/**
 * os-release(5): that this is a live image, and of when. Since trixie's live-build `/etc/os-release` is a file of its own for that,
 * and no link to what base-files says.
 */
async function nameImage(upper: string, epochSeconds: number): Promise<void> {
  const said = await orIfAbsent(readFile(join(upper, 'usr/lib/os-release'), 'utf8'), undefined);
  if (said === undefined) return;
  const path = join(upper, 'etc/os-release');
  await rm(path, { force: true });
  await writePlain(path, imageRelease(said, epochSeconds));
}

export function imageRelease(said: string, epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${said}IMAGE_ID=live\nBUILD_ID=${date}\n`;
}

/** Readable by all, whatever the umask. */
async function writePlain(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o644);
}

interface PlainUnpacking {
  readonly layer: ChrootLayer;
  readonly packages: readonly LockedPackage[];
  readonly archives: string;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Links of merged-/usr come first, as debootstrap makes them; tar then writes through them. */
const unpackScript = `
set -e
cd /target
mkdir -p var/lib/dpkg var/cache/apt/archives
for name in $LINKS; do mkdir -p "usr/$name"; ln -s "usr/$name" "$name"; done
for archive; do
  echo "Extracting $archive"
  dpkg-deb --fsys-tarfile "/archives/$archive" | tar --keep-directory-symlink -xf -
done
: >>var/lib/dpkg/status
`;

async function unpackPlainly({ layer, packages, archives, onLine, signal }: PlainUnpacking): Promise<void> {
  const architecture = packages.find((item) => item.architecture !== 'all')?.architecture ?? '';
  await layer.sandbox.runTool({
    argv: ['sh', '-c', unpackScript, 'unpack', ...packages.map(archiveFileName)],
    env: { LINKS: mergedUsrDirectories(architecture as ToolsArchitecture).join(' ') },
    binds: [
      { source: layer.upper, target: '/target', writable: true },
      { source: archives, target: '/archives' },
    ],
    onLine,
    signal,
  });
}

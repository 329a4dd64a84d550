import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Downloader } from '../debian/http.ts';
import { defineStep, type Step, type StepContext } from '../engine/step.ts';
import { readLayers } from '../rootfs/find.ts';
import { place } from '../rootfs/place.ts';
import { sealLayer } from '../rootfs/seal.ts';
import type { RunTool } from '../sandbox/types.ts';
import type { BlobRef, Digest, TreeRef } from '../store/types.ts';
import type { Firmware } from './firmware.ts';
import type { InstallerResult } from './installer.ts';
import { fetchOwnDebs } from './ownDebs.ts';
import { writeFirmware } from './poolFirmware.ts';
import { type PoolSettings, sortStanzas, writeIndex, writeIndices } from './poolIndices.ts';
import type { PoolPackage } from './poolLock.ts';
import { poolPath } from './poolPlaces.ts';
import { type LocalForMedium, placeLocal, placeUdebs, selectUdebs } from './poolUdebs.ts';
import { releaseNumber } from './rootFacts.ts';
import { fieldOf } from './stanzas.ts';
import type { Udebs } from './udebs.ts';
import { type EpochSource, openSandbox, toLog } from './workshop.ts';

export interface PoolOptions {
  /** `pool` unless said otherwise. */
  readonly name?: string;
  readonly tools: Step<TreeRef>;
  readonly epoch: EpochSource;
  readonly lock: Step<readonly PoolPackage[]>;
  /** The base system, which knows the number of its release. */
  readonly bootstrap: Step<TreeRef>;
  readonly downloader: Downloader;
  readonly settings: PoolSettings;
  readonly installer?: InstallerPool;
}

/** What there is besides for an installer that loads its parts from the medium. */
export interface InstallerPool {
  readonly installer: Step<InstallerResult>;
  readonly udebs: Step<Udebs>;
  /** `config/debian-installer/udeb_exclude`. */
  readonly excluded: readonly string[];
  /** The build directory, and the `.deb` and `.udeb` files of `config/packages.binary` in it. */
  readonly directory: string;
  readonly local: readonly LocalForMedium[];
  /** With `--firmware-binary`. */
  readonly firmware?: { readonly found: Step<Firmware>; readonly patterns: Step<BlobRef> };
}

/** `pool/` and `dists/` of the medium: packages that are there to be installed later, and those of an installer. */
export function poolStep({ name, tools, epoch, lock, bootstrap, downloader, settings, installer }: PoolOptions) {
  const firmware = installer?.firmware;
  return defineStep({
    name: name ?? 'pool',
    title: 'packages on the medium',
    kind: 'pool',
    version: 1,
    needs: [tools, ...epoch.needs, lock, bootstrap, ...(installer ? needsOf(installer) : [])],
    inputs: (resultOf) => ({
      tools: resultOf(tools),
      epochSeconds: epoch.secondsOf(resultOf),
      packages: resultOf(lock),
      bootstrap: resultOf(bootstrap),
      settings,
      ...(installer && {
        installer: {
          faces: initrdPackages(resultOf(installer.installer)),
          udebs: resultOf(installer.udebs),
          excluded: installer.excluded,
          local: installer.local.map(({ path, name, sha256, sizeBytes }) => ({ path, name, sha256, sizeBytes })),
        },
      }),
      ...(firmware && {
        firmware: { files: resultOf(firmware.found).files, patterns: resultOf(firmware.patterns) },
      }),
    }),
    run: async (inputs, context): Promise<TreeRef> => {
      const { store } = context;
      const { epochSeconds } = inputs;
      const directory = join(context.scratch, 'medium');
      await mkdir(directory);
      await placePackages(inputs.packages, directory, { context, downloader });
      if (inputs.firmware) {
        const text = async (blob: BlobRef) => readFile(await store.blobPath(blob), 'utf8');
        const { files, patterns } = inputs.firmware;
        const packages = inputs.packages.filter(({ use }) => use === 'firmware');
        await writeFirmware(directory, packages, { files: await text(files), patterns: await text(patterns) });
      }
      const forInstaller = inputs.installer && { ...inputs.installer, from: installer?.directory ?? '' };
      if (forInstaller) await placeForInstaller(forInstaller, directory, { context, downloader, settings });
      const layers = await readLayers(store, [inputs.bootstrap]);
      const version = await releaseNumber(layers);
      const { runTool } = await openSandbox(store, inputs.tools);
      const run: RunTool = (program) => runTool({ ...program, ...toLog(context) });
      const isForInstaller = forInstaller !== undefined;
      await writeIndices({ directory, run, settings: inputs.settings, epochSeconds, version, isForInstaller });
      return store.putTree(directory, await sealLayer({ directory, epochSeconds }));
    },
  });
}

const needsOf = ({ installer, udebs, firmware }: InstallerPool): Step[] => [
  ...[installer, udebs],
  ...(firmware ? [firmware.found, firmware.patterns] : []),
];

interface Placing {
  readonly context: StepContext;
  readonly downloader: Downloader;
}

async function placePackages(packages: readonly PoolPackage[], directory: string, { context, downloader }: Placing) {
  const { store } = context;
  const onProgress = (done: number, total: number, item: string) => context.progress(done, total, 'bytes', item);
  const wanted = packages.map((item) => ({ ...item, sha256: item.sha256 as Digest }));
  const debs = await fetchOwnDebs(wanted, { context, downloader, onProgress });
  for (const [number, deb] of debs.entries()) {
    const item = packages[number] as PoolPackage;
    await place(await store.blobPath(deb), join(directory, poolPath(item)));
  }
}

interface ForInstaller {
  readonly faces: readonly string[];
  readonly udebs: Udebs;
  readonly excluded: readonly string[];
  readonly local: readonly LocalForMedium[];
  readonly from: string;
}

async function placeForInstaller(
  { faces, udebs, excluded, local, from }: ForInstaller,
  directory: string,
  { settings, ...placing }: Placing & { readonly settings: PoolSettings },
): Promise<void> {
  const localUdebs: string[] = [];
  for (const file of local) {
    const stanza = await placeLocal(file, from, directory);
    if (file.name.endsWith('.udeb')) localUdebs.push(stanza);
  }
  const isLocal = new Set(localUdebs.map((stanza) => fieldOf(stanza, 'Package')));
  const chosen = selectUdebs(udebs, new Set(faces), excluded).filter(({ name }) => !isLocal.has(name));
  const listed = await placeUdebs({ directory, udebs, chosen, ...placing });
  const place = join('dists', settings.suite, 'main/debian-installer', `binary-${settings.architecture}`);
  await writeIndex(join(directory, place, 'Packages'), sortStanzas([...listed, ...localUdebs].join('\n\n')));
}

/** Names of the udebs that some initrd of the installer has. */
function initrdPackages({ text, gtk }: InstallerResult): string[] {
  return [...new Set([...(text.packages ?? []), ...(gtk?.packages ?? [])])].toSorted();
}

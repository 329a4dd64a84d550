import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeFile } from '../config/digestFile.ts';
import { type InitrdTree, openInitrd } from '../debian/initrdTree.ts';
import { defineStep, type Step } from '../engine/step.ts';
import type { BlobRef, Store } from '../store/types.ts';
import type { InstallerFace, InstallerResult } from './installer.ts';
import type { UserDirectory } from './medium.ts';
import type { EpochSource } from './workshop.ts';

/** What of the user's goes into the installer. */
export interface InstallerFiles {
  /** The build directory. */
  readonly directory: string;
  /** `config/includes.installer`: files of its initrd. */
  readonly includes: UserDirectory | undefined;
  /** Answers to its questions, by their name in the initrd. */
  readonly answers: readonly (TreeFile & { readonly name: string })[];
}

export interface InstallerIncludesOptions extends InstallerFiles {
  readonly name: string;
  readonly epoch: EpochSource;
  readonly installer: Step<InstallerResult>;
}

/** Puts files of the user's into the initrds. A file `/preseed.cfg` there is read by the installer of its own accord. */
export function installerIncludesStep(options: InstallerIncludesOptions): Step<InstallerResult> {
  const { name, epoch, installer, directory, includes, answers } = options;
  return defineStep({
    name,
    title: 'files for the installer',
    kind: 'installer-includes',
    version: 1,
    needs: [...epoch.needs, installer],
    inputs: async (resultOf) => ({
      epochSeconds: epoch.secondsOf(resultOf),
      installer: resultOf(installer),
      includes: (await includes?.digest()) ?? null,
      answers: answers.map(({ path, sha256, name }) => ({ path, sha256, name })),
    }),
    run: async (inputs, { store }) => {
      const fill = async (initrd: InitrdTree): Promise<void> => {
        for (const { path, name } of inputs.answers) initrd.write(name, await readFile(join(directory, path)));
        if (includes !== undefined) await initrd.addTree(includes.path);
      };
      const { text, gtk } = inputs.installer;
      const refill = (face: InstallerFace) => repack(face, { store, fill, epochSeconds: inputs.epochSeconds });
      return { text: await refill(text), gtk: gtk === null ? null : await refill(gtk) };
    },
  });
}

interface Repacking {
  readonly store: Store;
  readonly fill: (initrd: InitrdTree) => Promise<void>;
  readonly epochSeconds: number;
}

async function repack(face: InstallerFace, { store, fill, epochSeconds }: Repacking): Promise<InstallerFace> {
  const initrd = await openInitrd(await readFile(await store.blobPath(face.initrd)), 'initrd.gz', epochSeconds);
  await fill(initrd);
  const packed: BlobRef = await store.putBytes(await initrd.pack());
  return { ...face, initrd: packed };
}

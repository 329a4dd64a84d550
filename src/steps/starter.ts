import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { unpackDeb } from '../debian/deb.ts';
import { type LockedPackage, lockPackage } from '../debian/debs.ts';
import type { Downloader } from '../debian/http.ts';
import { indexPackages } from '../debian/packages.ts';
import { createTreeWriter } from '../debian/treeWriter.ts';
import { defineStep, type Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import { type StarterName, type StarterTexts, starterFiles, starterTexts } from '../media/starters.ts';
import { sealLayer } from '../rootfs/seal.ts';
import type { TreeRef } from '../store/types.ts';
import type { IndexResult } from './indexResult.ts';
import { fetchOwnDebs } from './ownDebs.ts';
import type { EpochSource } from './workshop.ts';

export interface StarterOptions {
  readonly name: StarterName;
  /** The image's own archives; the first has the package, in `main`. */
  readonly index: Step<IndexResult>;
  readonly epoch: EpochSource;
  readonly downloader: Downloader;
  readonly texts: StarterTexts;
}

/** What starts the installer from another system, as it lies on the medium. */
export function starterStep({ name, index, epoch, downloader, texts }: StarterOptions): Step<TreeRef> {
  const lock = starterLockStep(name, index);
  return defineStep({
    name,
    title: `${name}, to start the installer`,
    kind: 'starter',
    version: 1,
    needs: [lock, ...epoch.needs],
    inputs: (resultOf) => ({
      name,
      package: resultOf(lock),
      epochSeconds: epoch.secondsOf(resultOf),
      texts: starterTexts(name, texts),
    }),
    run: async (inputs, context) => {
      const { store, scratch, signal } = context;
      const [deb] = await fetchOwnDebs([inputs.package], { context, downloader });
      if (deb === undefined) throw new Error('one package was asked for');
      const [root, directory] = [join(scratch, 'package'), join(scratch, 'medium')];
      for (const path of [root, directory]) await mkdir(path);
      await unpackDeb(await store.blobPath(deb), createTreeWriter(root), { signal });
      for (const [path, source] of Object.entries(starterFiles[name])) {
        const bytes = await readFile(join(root, source));
        await write(join(directory, path), source.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes);
      }
      for (const [path, text] of Object.entries(inputs.texts)) await write(join(directory, path), text);
      return store.putTree(directory, await sealLayer({ directory, epochSeconds: inputs.epochSeconds }));
    },
  });
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** Which package it is: a step of its own, so that another state of the archive with the same one fetches nothing. */
function starterLockStep(name: StarterName, index: Step<IndexResult>): Step<LockedPackage> {
  return defineStep({
    name: `${name}-lock`,
    title: `package ${name}`,
    kind: 'starter-lock',
    version: 1,
    needs: [index],
    inputs: (resultOf) => {
      const { uri, suite, components } = resultOf(index).sources[0] ?? { uri: '', suite: '', components: [] };
      const lists = components.filter((component) => component.name === 'main');
      return { name, uri, suite, lists: lists.map(({ packages, listName }) => ({ packages, listName })) };
    },
    run: async ({ uri, suite, lists }, { store }) => {
      const texts = await Promise.all(
        lists.map(async ({ packages, listName }) => {
          return { uri, path: listName, text: await readFile(await store.blobPath(packages)) };
        }),
      );
      const found = indexPackages(texts).candidate(name);
      if (found === undefined) throw noPackage(name, suite);
      return lockPackage(found);
    },
  });
}

function noPackage(name: StarterName, suite: string): LivewrightError {
  return new LivewrightError('PACKAGE_NOT_FOUND', {
    message: `The suite "${suite}" has no package ${name}, which --${name} asks for.`,
    hint: `Set --${name} false.`,
    data: { name, suite },
  });
}

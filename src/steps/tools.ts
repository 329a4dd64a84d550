import { readFile } from 'node:fs/promises';
import { closePackages } from '../debian/closure.ts';
import { type LockedPackage as LockedTool, lockPackage } from '../debian/debs.ts';
import type { Downloader } from '../debian/http.ts';
import type { Keyring } from '../debian/keys.ts';
import { indexPackages } from '../debian/packages.ts';
import { TOOLS_SUITE, type ToolsArchitecture, type ToolsTreeName, toolsSpec } from '../debian/toolsSpec.ts';
import { unpackToolsTree } from '../debian/toolsTree.ts';
import { defineStep, type Step } from '../engine/step.ts';
import { hostArchitecture } from '../sandbox/loader.ts';
import type { TreeRef } from '../store/types.ts';
import { indexStep } from './archive.ts';
import type { IndexResult } from './indexResult.ts';

export interface ToolsOptions {
  /** A Debian mirror, whatever the image is made from. */
  readonly mirror: string;
  readonly downloader: Downloader;
  readonly keys: () => Promise<Keyring>;
}

/** Gives the step of each tools tree; they share the question what the archive has. */
export function toolsSteps(options: ToolsOptions): (tree: ToolsTreeName) => Step<TreeRef> {
  const architecture = hostArchitecture();
  const source = { uri: options.mirror, suite: TOOLS_SUITE, components: ['main'], architectures: [architecture] };
  const index = indexStep({ ...options, name: 'tools-index', title: 'index of the tools', sources: [source] });
  return (tree) => toolsStep({ tree, index, downloader: options.downloader, architecture });
}

interface ToolsStepOptions {
  readonly tree: ToolsTreeName;
  readonly index: Step<IndexResult>;
  readonly downloader: Downloader;
  readonly architecture: string;
}

/**
 * A tools tree: programs of Debian stable, unpacked and never configured. Which packages that are is a step of its
 * own, so that a new state of the archive which changes none of them unpacks nothing.
 */
function toolsStep({ tree, index, downloader, architecture }: ToolsStepOptions): Step<TreeRef> {
  const spec = toolsSpec(tree, architecture);
  const lock = defineStep({
    name: `tools-lock:${tree}`,
    title: `list of the ${tree} tools`,
    kind: 'tools-lock',
    version: 1,
    needs: [index],
    inputs: (resultOf) => ({
      indices: resultOf(index).sources.flatMap(({ uri, components }) =>
        components.map(({ packages, listName }) => ({ uri, packages, listName })),
      ),
      names: spec.names,
      exclude: [...spec.exclude],
    }),
    run: async ({ indices, names, exclude }, { store }): Promise<LockedTool[]> => {
      const texts = await Promise.all(
        indices.map(async ({ uri, packages, listName }) => {
          return { uri, path: listName, text: await readFile(await store.blobPath(packages), 'utf8') };
        }),
      );
      return closePackages(indexPackages(texts), names, { exclude: new Set(exclude) }).map(lockPackage);
    },
  });
  return defineStep({
    name: `tools:${tree}`,
    title: `${tree} tools`,
    kind: 'tools',
    version: 1,
    needs: [lock],
    inputs: (resultOf) => resultOf(lock),
    run: (packages, { store, signal, progress }) =>
      unpackToolsTree(packages, architecture as ToolsArchitecture, {
        store,
        downloader,
        signal,
        onProgress: (phase, done, total, item) => {
          if (phase === 'unpack') progress(done, total, 'packages', item);
        },
      }),
  });
}

import { readFile } from 'node:fs/promises';
import { closePackages } from '../debian/closure.ts';
import { debOf, type LockedPackage as LockedTool, lockPackage } from '../debian/debs.ts';
import type { Downloader } from '../debian/http.ts';
import type { Keyring } from '../debian/keys.ts';
import { indexPackages, type PackageIndex } from '../debian/packages.ts';
import { TOOLS_SUITE, type ToolsArchitecture, type ToolsTreeName, toolsSpec } from '../debian/toolsSpec.ts';
import { unpackToolsTree } from '../debian/toolsTree.ts';
import { defineStep, type Step } from '../engine/step.ts';
import { hostArchitecture } from '../sandbox/loader.ts';
import type { BlobRef, Store, TreeRef } from '../store/types.ts';
import { indexStep } from './archive.ts';
import type { IndexResult } from './indexResult.ts';
import { ownDebs } from './ownDebs.ts';

export interface ToolsOptions {
  /** A Debian mirror, whatever the image is made from. */
  readonly mirror: string;
  readonly downloader: Downloader;
  readonly keys: () => Promise<Keyring>;
}

/** The state of the archive that tools come from; for another architecture than this machine's under a name of its own. */
export function toolsIndexStep(options: ToolsOptions, architecture: string = hostArchitecture()): Step<IndexResult> {
  const source = { uri: options.mirror, suite: TOOLS_SUITE, components: ['main'], architectures: [architecture] };
  const isForeign = architecture !== hostArchitecture();
  return indexStep({
    ...options,
    name: isForeign ? `tools-index:${architecture}` : 'tools-index',
    title: isForeign ? `index of the tools for ${architecture}` : 'index of the tools',
    sources: [source],
  });
}

/** Gives the step of each tools tree; they share the question what the archive has. */
export function toolsSteps(
  options: ToolsOptions,
  index: Step<IndexResult> = toolsIndexStep(options),
): (tree: ToolsTreeName) => Step<TreeRef> {
  const architecture = hostArchitecture();
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
      indices: listsOf(resultOf(index)),
      names: spec.names,
      exclude: [...spec.exclude],
    }),
    run: async ({ indices, names, exclude }, { store }): Promise<LockedTool[]> =>
      closePackages(await readLists(store, indices), names, { exclude: new Set(exclude) }).map(lockPackage),
  });
  return defineStep({
    name: `tools:${tree}`,
    title: `${tree} tools`,
    kind: 'tools',
    version: 1,
    needs: [lock],
    inputs: (resultOf) => resultOf(lock),
    run: async (packages, context) => {
      const { store, signal } = context;
      const tree = await unpackToolsTree(packages, architecture as ToolsArchitecture, {
        ...{ store, downloader, signal },
        onProgress: (phase, done, total, item) => {
          if (phase === 'unpack') context.progress(done, total, 'packages', item);
        },
      });
      await ownDebs(context, packages.map(debOf));
      return tree;
    },
  });
}

type ListFile = { readonly uri: string; readonly packages: BlobRef; readonly listName: string };

export function listsOf({ sources }: IndexResult): ListFile[] {
  return sources.flatMap(({ uri, components }) =>
    components.map(({ packages, listName }) => ({ uri, packages, listName })),
  );
}

export async function readLists(store: Store, lists: readonly ListFile[]): Promise<PackageIndex> {
  const texts = lists.map(async ({ uri, packages, listName }) => {
    return { uri, path: listName, text: await readFile(await store.blobPath(packages), 'utf8') };
  });
  return indexPackages(await Promise.all(texts));
}

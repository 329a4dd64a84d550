import { closePackages } from '../debian/closure.ts';
import { debOf, type LockedPackage, lockPackage } from '../debian/debs.ts';
import { isUnwanted } from '../debian/toolsFiles.ts';
import { type ForeignParts, foreignLoaders, type ToolsArchitecture } from '../debian/toolsSpec.ts';
import { unpackToolsTree } from '../debian/toolsTree.ts';
import { defineStep, type Step } from '../engine/step.ts';
import { hostArchitecture } from '../sandbox/loader.ts';
import type { TreeRef } from '../store/types.ts';
import type { IndexResult } from './indexResult.ts';
import { ownDebs } from './ownDebs.ts';
import { listsOf, readLists, type ToolsOptions, toolsIndexStep } from './tools.ts';

/** An emulator of the archive of tools: one program of QEMU's package, which has one for every processor. */
export function emulatorStep(options: ToolsOptions, index: Step<IndexResult>, name: string): Step<TreeRef> {
  const parts = { names: ['qemu-user'], paths: [`usr/bin/${name}`] };
  return partsStep({ ...options, index, name: 'emulator', title: `emulator ${name}`, parts });
}

/**
 * Boot loaders for the medium of another architecture: files below `usr/lib/grub` and `usr/lib/shim`, none of which runs here.
 * Undefined for one that has none.
 */
export function loadersStep(options: ToolsOptions, architecture: string): Step<TreeRef> | undefined {
  const parts = foreignLoaders(architecture);
  if (parts === undefined) return undefined;
  const index = toolsIndexStep(options, architecture);
  return partsStep({ ...options, index, name: 'loaders', title: `boot loaders for ${architecture}`, parts });
}

interface PartsOptions extends Pick<ToolsOptions, 'downloader'> {
  readonly name: string;
  readonly title: string;
  readonly index: Step<IndexResult>;
  readonly parts: ForeignParts;
}

/** Parts of packages, which need nothing of what those depend on. */
function partsStep({ name, title, index, parts, downloader }: PartsOptions): Step<TreeRef> {
  const lock = defineStep({
    name: `${name}-lock`,
    title: `version of ${title}`,
    kind: 'tools-parts-lock',
    version: 1,
    needs: [index],
    inputs: (resultOf) => ({ indices: listsOf(resultOf(index)), names: parts.names }),
    run: async ({ indices, names }, { store }): Promise<LockedPackage[]> => {
      const packages = await readLists(store, indices);
      return names.flatMap((one) => closePackages(packages, [one], { only: true })).map(lockPackage);
    },
  });
  return defineStep({
    name,
    title,
    kind: 'tools-parts',
    version: 1,
    needs: [lock],
    inputs: (resultOf) => ({ packages: resultOf(lock), paths: parts.paths }),
    run: async ({ packages, paths }, context) => {
      const { store, signal } = context;
      const tree = await unpackToolsTree(packages, hostArchitecture() as ToolsArchitecture, {
        ...{ store, downloader, signal },
        exclude: (path) => isUnwanted(path) || !paths.some((wanted) => isOnTheWay(path, wanted)),
        onProgress: (phase, done, total, item) => {
          if (phase === 'download') context.progress(done, total, 'bytes', item);
        },
      });
      await ownDebs(context, packages.map(debOf));
      return tree;
    },
  });
}

/** Whether a path is that of the wanted file or directory, or lies in it, or it in that. */
function isOnTheWay(path: string, wanted: string): boolean {
  return `${path}/`.startsWith(`${wanted}/`) || wanted.startsWith(`${path}/`);
}

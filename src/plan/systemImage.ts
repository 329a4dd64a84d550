import type { LiveValues } from '../config/options.ts';
import type { Step } from '../engine/step.ts';
import { readCompression } from '../steps/compression.ts';
import type { ImageLists } from '../steps/imageLists.ts';
import { listObjectsStep } from '../steps/listObjects.ts';
import { objectsStep } from '../steps/objects.ts';
import { rootfsStep } from '../steps/rootfs.ts';
import { extRootfsStep } from '../steps/rootfsExt.ts';
import { treeRootfsStep } from '../steps/rootfsTree.ts';
import type { EpochSource } from '../steps/workshop.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import { compressionType } from './mksquashfsOptions.ts';
import type { Supply } from './packages.ts';
import { isExt, isTree } from './systemKinds.ts';
import type { BuildTree } from './tree.ts';

export interface SystemImageRequest {
  readonly values: LiveValues;
  readonly tree: Pick<BuildTree, 'excludes'>;
  readonly tools: Step<TreeRef>;
  readonly hookTools: Step<TreeRef>;
  readonly epoch: EpochSource;
  readonly layers: readonly Step<TreeRef>[];
  /** Lists of packages in them. */
  readonly lists: ImageLists | undefined;
  readonly supply: Supply;
}

/** The system as one file, by `--chroot-filesystem`; of one that lies on the medium file by file, its name. */
export function planSystemImage(request: SystemImageRequest): Step<BlobRef> {
  const { values, tree, tools, hookTools, epoch, layers, lists, supply } = request;
  const { chrootFilesystem } = values;
  const common = { epoch, layers, excludes: tree.excludes };
  if (isExt(chrootFilesystem)) return extRootfsStep({ ...common, tools: hookTools, type: chrootFilesystem });
  if (isTree(chrootFilesystem)) return treeRootfsStep(common);
  const compression = readCompression({
    type: compressionType(values.chrootSquashfsCompressionType, values.mksquashfsOptions),
    level: values.chrootSquashfsCompressionLevel,
  });
  const objects = [
    objectsStep({ tools, ...supply, compression }),
    ...(lists ? [listObjectsStep({ tools, lists, compression })] : []),
  ];
  return rootfsStep({ ...common, tools, compression, objects });
}

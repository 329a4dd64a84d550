import type { LiveConfig } from '../config/load.ts';
import type { GraphOutcome } from '../engine/run.ts';
import type { Step } from '../engine/step.ts';
import type { OutputFile } from '../events/events.ts';
import type { MediumResult } from '../steps/sealMedium.ts';
import type { Store } from '../store/types.ts';
import {
  imageFileName,
  type Outputs,
  onieFileName,
  stem,
  unpackedNetboot,
  writeOutputs,
  zsyncFileName,
} from './outputs.ts';
import { type OutputTree, writeOutputTree } from './outputTree.ts';
import type { BuildPlan } from './plan.ts';

export interface LeaveRequest {
  readonly directory: string;
  readonly config: LiveConfig;
  readonly plan: BuildPlan;
  readonly outcome: GraphOutcome;
  readonly store: Store;
}

/** Puts what a run made into the build directory, under live-build's names, and tells of the files; images first. */
export async function leaveOutputs(request: LeaveRequest): Promise<OutputFile[]> {
  const { directory, store } = request;
  const files = await writeOutputs(directory, outputFiles(request), store);
  const trees: OutputFile[] = [];
  for (const tree of [...outputTrees(request), ...sourceTrees(request)]) {
    const sizeBytes = await writeOutputTree(directory, tree, store);
    // Of other images the directory is only for scripts to look at.
    if (tree.isServed) trees.push({ path: `${tree.name}/`, sizeBytes });
  }
  return [...trees, ...files];
}

/** `.contents` and the like are the first image's: live-build makes one a build. */
function outputFiles({ config: { values }, plan, outcome }: LeaveRequest): Outputs {
  const { steps, resultOf } = outcome;
  const name = stem(values);
  const [first] = plan.media;
  const listings = steps.has(plan.listings.name) ? resultOf(plan.listings) : undefined;
  const medium = steps.has(first.medium.name) ? resultOf(first.medium) : undefined;
  const images = plan.media.flatMap(({ type, image, zsync, onie }) => [
    ...(image && steps.has(image.name) ? [[imageFileName(values, type), resultOf(image)] as const] : []),
    ...(onie && steps.has(onie.name) ? [[onieFileName(values, type), resultOf(onie)] as const] : []),
    ...(zsync && steps.has(zsync.name) ? [[zsyncFileName(values, type), resultOf(zsync)] as const] : []),
  ]);
  return {
    ...Object.fromEntries(images),
    ...sourceFiles(plan, outcome, values.imageName),
    ...(medium && {
      [`${name}.contents`]: medium.contents,
      [`${name}.packages`]: medium.packages,
      'binary.modified_timestamps': medium.timestamps,
    }),
    ...(listings && {
      ...(medium && { [`${name}.files`]: listings.files }),
      'chroot.packages.install': listings.packagesInstall,
      'chroot.packages.live': listings.packagesLive,
      'chroot.files': listings.files,
    }),
  };
}

/** What `--source` makes, by live-build's names. */
function sourceFiles({ source }: BuildPlan, { steps, resultOf }: GraphOutcome, imageName: string): Outputs {
  if (source === undefined) return {};
  const images = Object.entries(source.images).flatMap(([name, step]) =>
    steps.has(step.name) ? [[name, resultOf(step)] as const] : [],
  );
  const medium = steps.has(source.medium.name) ? resultOf(source.medium) : undefined;
  return {
    ...Object.fromEntries(images),
    ...(medium && {
      [`${imageName}-source.debian.contents`]: medium.contents.debian,
      [`${imageName}-source.live.contents`]: medium.contents.live,
      'source.modified_timestamps': medium.timestamps,
    }),
  };
}

function sourceTrees({ plan: { source }, outcome }: LeaveRequest): OutputTree[] {
  if (source === undefined || !outcome.steps.has(source.medium.name)) return [];
  return [{ name: 'source', tree: outcome.resultOf(source.medium).directory, inner: '' }];
}

/** The medium of which no archive is made: `binary/` and `tftpboot/` are what the user wants of it. */
function findUnpacked({ media }: BuildPlan): Step<MediumResult> | undefined {
  return media.find(({ image }) => image === undefined)?.medium;
}

/** The first medium as a directory, unless another's has these names: `binary/`, and `tftpboot/` of a netboot image. */
function outputTrees({ config: { values }, plan, outcome }: LeaveRequest): OutputTree[] {
  const { steps, resultOf } = outcome;
  const unpacked = findUnpacked(plan);
  if (unpacked) return steps.has(unpacked.name) ? unpackedNetboot(values, resultOf(unpacked).directory) : [];
  const { medium } = plan.media[0];
  if (!steps.has(medium.name)) return [];
  const { directory: tree, binary, tftpboot } = resultOf(medium);
  const root = { name: 'binary', tree, inner: binary };
  return tftpboot === null ? [root] : [root, { name: 'tftpboot', tree, inner: tftpboot }];
}

import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStep, type Step } from '../engine/step.ts';
import { mediumUuid } from '../media/diskInfo.ts';
import { extFeatures } from '../media/hdd/ext.ts';
import type { ExtType } from '../media/hdd/types.ts';
import { tarExcludes } from '../media/rootTree.ts';
import { layerPaths } from '../rootfs/layer.ts';
import { parseManifest } from '../rootfs/manifest.ts';
import { type MergedEntry, mergeManifests } from '../rootfs/merge.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import { type EpochSource, openSandbox, toLog } from './workshop.ts';

export interface ExtRootfsOptions {
  /** The tools tree `hooks`, whose mke2fs can read archives. */
  readonly tools: Step<TreeRef>;
  readonly epoch: EpochSource;
  readonly layers: readonly Step<TreeRef>[];
  readonly type: ExtType;
  /** Text of config/rootfs/excludes, or empty. */
  readonly excludes: () => Promise<string>;
}

/**
 * The system image as ext2, ext3 or ext4 of all layers merged. mke2fs fills it from an archive: unlike a directory, that has an
 * order and no times but those of the files, and nothing needs mounting.
 */
export function extRootfsStep({ tools, epoch, layers, type, excludes }: ExtRootfsOptions): Step<BlobRef> {
  return defineStep({
    name: 'rootfs',
    title: `system image (${type})`,
    kind: 'rootfs-ext',
    version: 1,
    needs: [tools, ...epoch.needs, ...layers],
    inputs: async (resultOf) => ({
      tools: resultOf(tools),
      epochSeconds: epoch.secondsOf(resultOf),
      layers: layers.map((layer) => resultOf(layer)),
      type,
      excludes: await excludes(),
    }),
    run: async (inputs, context) => {
      const { store, scratch } = context;
      const manifests = inputs.layers.map(async (layer) => parseManifest(await store.readManifest(layer)));
      const size = extRootSize(type, mergeManifests(await Promise.all(manifests)));
      const digest = createHash('sha256').update(JSON.stringify(inputs.layers)).digest('hex');
      const uuid = mediumUuid(digest, inputs.epochSeconds);
      const out = join(scratch, 'out');
      await mkdir(out);
      const sandbox = await openSandbox(store, inputs.tools);
      await sandbox.runTool({
        argv: ['bash', '-c', script, 'ext', ...extRootArgv(type, { ...size, uuid })],
        overlays: [{ lower: await layerPaths(store, inputs.layers), target: '/target' }],
        binds: [{ source: out, target: '/out', writable: true }],
        env: { SOURCE_DATE_EPOCH: String(inputs.epochSeconds), EXCLUDES: tarExcludes(inputs.excludes), TZ: 'UTC' },
        ...toLog(context),
      });
      return store.putFile(join(out, 'filesystem'));
    },
  });
}

const script = `
set -eo pipefail
tar --create --directory=/target --sort=name --format=pax --numeric-owner --xattrs --xattrs-include='*' \
  --pax-option=delete=atime,delete=ctime --anchored --wildcards --no-wildcards-match-slash \
  --exclude-from=<(printf '%s' "$EXCLUDES") . | "$@"
`;

export interface ExtRoot {
  readonly blocks: number;
  readonly inodes: number;
  readonly uuid: string;
}

export function extRootArgv(type: ExtType, { blocks, inodes, uuid }: ExtRoot): string[] {
  const extended = [`hash_seed=${uuid}`, 'root_owner=0:0', 'nodiscard', 'lazy_itable_init=0', 'lazy_journal_init=0'];
  return [
    ...['mke2fs', '-q', '-F', '-t', type, '-O', ['none', ...extFeatures[type]].join(',')],
    ...['-b', String(blockBytes), '-I', '256', '-N', String(inodes), '-m', '0'],
    ...(type === 'ext2' ? [] : ['-J', `size=${journalMib}`]),
    ...['-U', uuid, '-E', extended.join(','), '-d', '-', '/out/filesystem', String(blocks)],
  ];
}

const blockBytes = 4096;
/** The smallest there is: the image is only read. */
const journalMib = 4;
const inodesInBlock = blockBytes / 256;

/** What the tree takes, a little too much rather than too little. */
export function extRootSize(type: ExtType, entries: readonly MergedEntry[]): Omit<ExtRoot, 'uuid'> {
  const inodes = entries.length + 64;
  let data = type === 'ext2' ? 0 : (journalMib << 20) / blockBytes;
  for (const { type: kind, sizeBytes, content } of entries) {
    const own = kind === 'd' ? 1 : kind === 'f' && !content.startsWith('=') ? Math.ceil(sizeBytes / blockBytes) : 0;
    data += own + Math.ceil(own / 1024) + (own > 1024 ? 2 : 0);
  }
  // Names of 264 bytes at most, and attributes that do not fit into an inode.
  const names = entries.reduce(
    (sum, { path, xattrs }) => sum + 24 + path.length - path.lastIndexOf('/') + (xattrs ? blockBytes : 0),
    0,
  );
  const wanted = (data + names / blockBytes + inodes / inodesInBlock) * 1.02 + 1024;
  const groups = Math.ceil(wanted / (8 * blockBytes));
  return { blocks: Math.ceil(wanted + groups * 16), inodes };
}

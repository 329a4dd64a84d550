import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStep, type Step } from '../engine/step.ts';
import { layerPaths } from '../rootfs/layer.ts';
import type { BlobRef, TreeRef } from '../store/types.ts';
import { type EpochSource, openSandbox } from './workshop.ts';

export interface RootfsOptions {
  readonly tools: Step<TreeRef>;
  readonly epoch: EpochSource;
  readonly layers: readonly Step<TreeRef>[];
  /** mksquashfs -comp; may carry further words, as real trees have it (`xz -Xbcj x86`). */
  readonly compression: string;
  /** mksquashfs -Xcompression-level; undefined: the codec's own default. */
  readonly compressionLevel: number | undefined;
  /** Text of config/rootfs/excludes, or empty. */
  readonly excludes: () => Promise<string>;
}

/** The system image: one SquashFS of all layers merged. */
export function rootfsStep(options: RootfsOptions): Step<BlobRef> {
  const { tools, epoch, layers } = options;
  return defineStep({
    name: 'rootfs',
    title: 'system image',
    version: 1,
    needs: [tools, ...epoch.needs, ...layers],
    inputs: async (resultOf) => ({
      tools: resultOf(tools),
      epochSeconds: epoch.secondsOf(resultOf),
      layers: layers.map((layer) => resultOf(layer)),
      compression: options.compression || 'xz',
      level: options.compressionLevel ?? null,
      excludes: await options.excludes(),
    }),
    run: async (inputs, context) => {
      const sandbox = await openSandbox(context.store, inputs.tools);
      const out = join(context.scratch, 'out');
      await mkdir(out);
      await sandbox.runTool({
        argv: squashArguments(inputs),
        overlays: [{ lower: await layerPaths(context.store, inputs.layers), target: '/target' }],
        binds: [{ source: out, target: '/out', writable: true }],
        ...(inputs.excludes === '' ? {} : { input: inputs.excludes }),
        signal: context.signal,
        onLine: (line) => {
          // `-percentage` prints nothing but the number (squashfs-tools 4.6).
          if (/^\d+$/.test(line.trim())) context.progress(Number(line), 100, 'percent');
          else context.log(line);
        },
      });
      return context.store.putFile(join(out, 'filesystem.squashfs'));
    },
  });
}

interface SquashInputs {
  readonly compression: string;
  readonly level: number | null;
  readonly excludes: string;
  readonly epochSeconds: number;
}

export function squashArguments({ compression, level, excludes, epochSeconds }: SquashInputs): string[] {
  return [
    ...['mksquashfs', '/target', '/out/filesystem.squashfs'],
    ...['-comp', ...compression.split(/\s+/)],
    ...(level === null ? [] : ['-Xcompression-level', String(level)]),
    ...['-mkfs-time', String(epochSeconds)],
    ...(excludes === '' ? [] : ['-wildcards', '-ef', '/dev/stdin']),
    ...['-noappend', '-percentage'],
  ];
}

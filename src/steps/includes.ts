import { join } from 'node:path';
import type { ListedEntry, TreeDigest } from '../config/digestTree.ts';
import { defineStep, type Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import { layerPaths } from '../rootfs/layer.ts';
import type { TreeRef } from '../store/types.ts';
import { type ChrootBase, changeRoot, chrootInputs, chrootNeeds, toLog } from './workshop.ts';

export interface IncludesOptions {
  readonly base: ChrootBase;
  /** As the user knows it: `includes.chroot`. */
  readonly name: string;
  readonly directory: string;
  /** What is in `directory`. */
  readonly read: () => Promise<Pick<TreeDigest, 'digest' | 'list'>>;
  readonly below: readonly Step<TreeRef>[];
}

/**
 * Copies an includes directory onto the root with rsync as live-build does: links kept, links to directories followed,
 * everything owned by root, modes of what exists kept, times not carried over.
 */
export function includesStep({ base, name, directory, read, below }: IncludesOptions): Step<TreeRef> {
  return defineStep({
    name: `includes:${name}`,
    title: `files of ${name}`,
    kind: 'includes',
    version: 3,
    needs: [...chrootNeeds(base), ...below],
    inputs: async (resultOf) => {
      const { digest, list } = await read();
      return {
        ...chrootInputs(base, resultOf),
        below: below.map((step) => resultOf(step)),
        file: list.length > MOST_NAMED ? {} : nameFiles(list),
        files: digest,
      };
    },
    run: (inputs, context) =>
      // The user's own /etc/hosts is no copy of what the build shows there.
      changeRoot({ ...inputs, context, lent: 'nothing' }, async (layer) => {
        const lower = await layerPaths(context.store, inputs.below);
        const work = join(context.scratch, 'layer', 'work');
        await layer.sandbox.runTool({
          // rsync passes by a file whose time and size are those of the target; times are not part of the key.
          argv: ['rsync', '-Klrv', '--ignore-times', '--chown=0:0', '/in/', '/target/'],
          overlays: [{ lower, upper: layer.upper, work, target: '/target' }],
          binds: [{ source: directory, target: '/in' }],
          ...toLog(context),
        });
        if ((await read()).digest !== inputs.files) throw changedMeanwhile(directory);
      }),
  });
}

/** The digest says it all; names are for people who ask why the step runs, and of more files only the digest is kept. */
const MOST_NAMED = 2000;

function nameFiles(list: readonly ListedEntry[]): Record<string, string> {
  return Object.fromEntries(
    list.map(({ path, type, mode, content }) => [path, `${type} ${mode.toString(8)} ${content.slice(0, 16)}`.trim()]),
  );
}

function changedMeanwhile(directory: string): LivewrightError {
  return new LivewrightError('CONFIG_VALUE', {
    message: 'The files changed while they were being copied.',
    hint: 'Run the build again; nothing of this copy is kept.',
    place: { path: directory },
  });
}

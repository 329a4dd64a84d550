import { join } from 'node:path';
import { defineStep, type Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import { LENT, type LentFiles, standardLentFiles, writeLentFiles } from '../rootfs/buildTime.ts';
import { readLayers } from '../rootfs/find.ts';
import { makeLayer } from '../rootfs/layer.ts';
import type { Bind } from '../sandbox/types.ts';
import type { Store, TreeRef } from '../store/types.ts';
import { type ChrootInputs, chrootEnvironment, openSandbox } from './workshop.ts';

/** What somebody did by hand in the root, as a layer of it. Its key is what was done, whoever did it. */
export function handworkStep(layer: () => TreeRef, needs: readonly Step[]): Step<TreeRef> {
  return defineStep({
    name: 'interactive',
    title: 'work by hand',
    version: 1,
    needs,
    inputs: () => ({ layer: layer() }),
    run: async (inputs) => inputs.layer,
  });
}

export interface Handwork extends ChrootInputs {
  readonly store: Store;
  /** An empty directory on the store's file system. */
  readonly scratch: string;
  readonly below: readonly TreeRef[];
  readonly lent: LentFiles;
  readonly binds: readonly Bind[];
  readonly env: Readonly<Record<string, string>>;
  /** Default: a login shell. */
  readonly argv?: readonly string[];
  readonly signal: AbortSignal;
}

/** script(1), which every Debian has, gives the shell a terminal of its own, so that Ctrl-C there does not end the build. */
const shell = ['/usr/bin/script', '--quiet', '--command', '/bin/bash --login', '/dev/null'];

/**
 * Opens a shell at the user's terminal in the root, and keeps what was changed there as a layer. How the shell ends says
 * nothing: that of somebody's last command.
 */
export async function workByHand(work: Handwork): Promise<TreeRef> {
  const { store, scratch, tools, below, settings, signal } = work;
  const sandbox = await openSandbox(store, tools);
  const files = { ...standardLentFiles, ...work.lent };
  const lent = await writeLentFiles(join(scratch, 'lent'), files, await readLayers(store, below));
  const options = { store, sandbox, scratch, below, buildTimeLayer: lent.layer, epochSeconds: settings.epochSeconds };
  return makeLayer(options, async ({ root }) => {
    const program = sandbox.run({
      argv: work.argv ?? shell,
      root,
      binds: [{ source: lent.bench, target: LENT, writable: true }, ...work.binds],
      env: {
        ...chrootEnvironment(settings),
        ...{ TERM: process.env['TERM'] ?? 'dumb', HISTFILE: '/dev/null' },
        ...work.env,
      },
      network: 'host',
      stdio: 'inherit',
      signal,
    });
    await program.catch((error: unknown) => {
      if (!(error instanceof LivewrightError) || error.code !== 'PROGRAM_FAILED') throw error;
    });
  });
}

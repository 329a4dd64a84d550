import { join } from 'node:path';
import type { LentFiles } from '../rootfs/buildTime.ts';
import { standardLentFiles, writeLentFiles } from '../rootfs/buildTime.ts';
import { layerPaths } from '../rootfs/layer.ts';
import type { Bind, Program } from '../sandbox/types.ts';
import type { Json, Store, TreeRef } from '../store/types.ts';
import type { HookInputs } from './hook.ts';
import { type ChrootInputs, chrootEnvironment, emulationOf, openSandbox } from './workshop.ts';

export interface EnterRequest {
  readonly store: Store;
  /** An empty directory. */
  readonly scratch: string;
  /** Of a step that works in the target root; see `isRootStep`. */
  readonly inputs: RootInputs;
  /** Files and mounts that the step would have had besides. */
  readonly lent: LentFiles;
  readonly binds: readonly Bind[];
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export type RootInputs = ChrootInputs & { readonly below: readonly TreeRef[] } & Partial<HookInputs>;

/** Whether these are the inputs of a step that changes the target root on top of others' layers. */
export function isRootStep(inputs: Json): inputs is Json & RootInputs {
  return typeof inputs === 'object' && inputs !== null && 'below' in inputs && 'settings' in inputs;
}

/**
 * Runs a program at the user's terminal in the root as the step finds it, with its environment. What the program
 * writes is thrown away. Rejects with PROGRAM_FAILED if it fails.
 */
export async function enterRoot(request: EnterRequest): Promise<void> {
  const { store, scratch, inputs, signal, argv } = request;
  const sandbox = await openSandbox(store, inputs.tools);
  const lent = await writeLentFiles(join(scratch, 'lent'), { ...standardLentFiles, ...request.lent });
  const program: Program = {
    argv,
    root: { kind: 'overlay', lower: [...(await layerPaths(store, inputs.below)), lent.layer] },
    ...(await emulationOf(store, inputs.emulator)),
    binds: request.binds,
    env: { ...chrootEnvironment(inputs.settings), TERM: process.env['TERM'] ?? 'dumb', ...request.env },
    network: 'host',
    stdio: 'inherit',
    signal,
  };
  await sandbox.run(program);
}

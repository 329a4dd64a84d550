import type { Json, Store } from '../store/types.ts';
import { type BinaryHookInputs, type BinaryHookSource, hookProgram } from './binaryHookWorld.ts';
import { openSandbox } from './workshop.ts';

export interface EnterMediumRequest {
  readonly store: Store;
  /** An empty directory. */
  readonly scratch: string;
  readonly inputs: BinaryHookInputs;
  readonly source: BinaryHookSource;
  readonly argv: readonly string[];
  readonly signal: AbortSignal;
}

/** Whether these are the inputs of a hook that runs on the medium. */
export function isMediumStep(inputs: Json): inputs is Json & BinaryHookInputs {
  return typeof inputs === 'object' && inputs !== null && 'hookTools' in inputs;
}

/** Runs a program at the user's terminal on the medium as a binary hook finds it. What it writes is thrown away. */
export async function enterMedium({ store, scratch, inputs, source, argv, signal }: EnterMediumRequest): Promise<void> {
  const program = await hookProgram(inputs, source, { store, scratch });
  const env = { ...program.env, TERM: process.env['TERM'] ?? 'dumb' };
  const sandbox = await openSandbox(store, inputs.hookTools);
  await sandbox.run({ ...program, argv, env, stdio: 'inherit', signal });
}

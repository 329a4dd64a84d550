import { join } from 'node:path';
import type { GraphOutcome } from '../engine/run.ts';
import type { BuildPlan } from '../plan/plan.ts';
import { extractRoot } from '../steps/extractRoot.ts';
import type { Store } from '../store/types.ts';
import type { CommandContext } from './context.ts';

export interface LeaveRootRequest {
  readonly context: CommandContext;
  readonly plan: BuildPlan;
  readonly outcome: GraphOutcome;
  readonly store: Store;
}

/** `lb chroot --extract`: the finished system as a directory, where live-build leaves the one that it worked in. */
export async function leaveRoot({ context, plan, outcome, store }: LeaveRootRequest): Promise<void> {
  const { directory, signal, events } = context;
  const layers = plan.layers.map((layer) => outcome.resultOf(layer));
  await extractRoot({ store, tools: outcome.resultOf(plan.tools), layers, target: join(directory, 'chroot'), signal });
  events.emit({ type: 'note', message: 'The system is in chroot/, a copy: what is changed there changes no image.' });
}

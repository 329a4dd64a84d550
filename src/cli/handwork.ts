import type { GraphOutcome } from '../engine/run.ts';
import type { Handwork } from '../plan/handwork.ts';
import { workByHand } from '../steps/handwork.ts';
import type { HookNetwork } from '../steps/hook.ts';
import { lendNetwork, outsideWorld } from '../steps/network.ts';
import { chrootInputs } from '../steps/workshop.ts';
import type { LocalStore } from '../store/local.ts';
import type { CommandContext } from './context.ts';

export interface ShellRequest {
  readonly context: CommandContext;
  readonly handwork: Handwork;
  readonly network: HookNetwork;
  readonly before: GraphOutcome;
  readonly store: LocalStore;
}

/** `--interactive shell`: a shell in the system that all hooks have run in; what is changed there is part of this image. */
export async function openShell({ context, handwork, network, before, store }: ShellRequest): Promise<void> {
  const { resultOf } = before;
  const outside = outsideWorld(network, resultOf);
  const message =
    'The system as its hooks left it: what you change here becomes part of this image. "exit" goes on with the build.';
  context.events.emit({ type: 'terminal-lent', message });
  await store.withStaging(async (scratch) => {
    const layer = await workByHand({
      ...{ store, scratch, signal: context.signal },
      ...chrootInputs(handwork.base, resultOf),
      below: handwork.below.map((step) => resultOf(step)),
      lent: await lendNetwork(store, outside),
      binds: outside.binds,
      env: network.proxy,
    });
    handwork.keep(layer);
  });
}

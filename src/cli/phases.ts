import { orderSteps } from '../engine/graph.ts';
import type { GraphOutcome } from '../engine/run.ts';
import type { Step } from '../engine/step.ts';
import type { Handwork } from '../plan/handwork.ts';
import type { PreparedBuild } from '../plan/prepare.ts';
import { sliceOf } from '../plan/stages.ts';
import { worldNeeds } from '../steps/network.ts';
import { chrootNeeds } from '../steps/workshop.ts';
import type { LocalStore } from '../store/local.ts';
import { pauseBefore } from './breakpoint.ts';
import type { CommandContext } from './context.ts';
import { openShell } from './handwork.ts';

/** A part of the graph, and what somebody does at the terminal before it runs. */
export interface Phase {
  readonly targets: readonly Step[];
  readonly begin?: (before: GraphOutcome | undefined, store: LocalStore) => Promise<void>;
}

/** Whether somebody can be asked. */
export const hasTerminal = ({ options }: CommandContext): boolean =>
  process.stdin.isTTY === true && options['json'] !== true;

export interface PhasesRequest {
  readonly context: CommandContext;
  readonly prepared: PreparedBuild;
  readonly targets: readonly Step[];
  /** Stop before each of live-build's stages. */
  readonly breakpoints: boolean;
}

/** What to run, in parts between which somebody has a say (`--breakpoints`, `--interactive`); else in one. */
export function phasesOf(request: PhasesRequest): Phase[] {
  const phases = request.breakpoints ? stagePhases(request) : [{ targets: request.targets }];
  const { handwork } = request.prepared.plan;
  if (handwork === undefined) return phases;
  const at = phases.findIndex(({ targets }) => orderSteps(targets).includes(handwork.step));
  return phases.flatMap((phase, index) => (index === at ? withShell(phase, handwork, request) : [phase]));
}

function withShell(phase: Phase, handwork: Handwork, { context, prepared }: PhasesRequest): Phase[] {
  const { network } = prepared.plan.surroundings;
  const needed = [...chrootNeeds(handwork.base), ...worldNeeds(network), ...handwork.below];
  const begin: Phase['begin'] = async (before, store) => {
    if (before !== undefined) await openShell({ context, handwork, network, before, store });
  };
  return [
    { ...phase, targets: needed },
    { targets: phase.targets, begin },
  ];
}

function stagePhases({ context, prepared, targets }: PhasesRequest): Phase[] {
  const { plan, config } = prepared;
  const wanted = new Set(orderSteps(targets));
  const early = (['bootstrap', 'chroot', 'installer'] as const).flatMap((stage) => {
    const slice = sliceOf({ command: stage, words: [], plan, values: config.values });
    const steps = slice.targets.filter((step) => wanted.has(step));
    return steps.length === 0 ? [] : [{ targets: steps, begin: () => pauseBefore(stage, context) }];
  });
  return [...early, { targets, begin: () => pauseBefore('binary', context) }];
}

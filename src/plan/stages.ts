import type { LiveValues } from '../config/options.ts';
import { orderSteps } from '../engine/graph.ts';
import type { Step } from '../engine/step.ts';
import type { BuildPlan } from './plan.ts';
import { type Part, parts, type StageName } from './stageParts.ts';

/** What of a build a command of live-build's stands for. */
export interface Slice {
  /** The steps to run, with all that they need; empty where the command has nothing to do here. */
  readonly targets: readonly Step[];
  /** Where `targets` is empty: why. */
  readonly reason: string;
  /** Files of `.build/` that live-build leaves when the command has succeeded. */
  readonly stageFiles: readonly string[];
}

export interface SliceRequest {
  /** `chroot`, `chroot_hooks`. */
  readonly command: string;
  /** Words behind it: the pass of `chroot_install-packages live`. */
  readonly words: readonly string[];
  readonly plan: BuildPlan;
  readonly values: LiveValues;
}

/** The slice of the graph that belongs to a stage (`chroot`) or to a part of one (`chroot_hooks`). */
export function sliceOf({ command, words, plan, values }: SliceRequest): Slice {
  const steps = orderSteps(plan.targets);
  const part = parts.find(({ name }) => name === command);
  if (part === undefined) return stageSlice(command as StageName, { plan, steps, values });
  const pattern = part.passes === true && words[0] !== undefined ? passes[words[0]] : part.steps;
  const targets = pattern === undefined ? [] : steps.filter(({ name }) => pattern.test(name));
  return {
    targets,
    reason: part.reason ?? 'Nothing of this configuration needs it.',
    stageFiles: applies(part, steps, values) ? filesOf(part) : [],
  };
}

/** live-build's two: what the image has, and what an installer takes away again. */
const passes: Readonly<Record<string, RegExp>> = { install: /^packages:(?!live$)/, live: /^packages:live$/ };

interface StageRequest {
  readonly plan: BuildPlan;
  readonly steps: readonly Step[];
  readonly values: LiveValues;
}

function stageSlice(stage: StageName, { plan, steps, values }: StageRequest): Slice {
  const [bootstrap] = plan.layers;
  const ends: Readonly<Record<StageName, readonly Step[]>> = {
    bootstrap: bootstrap ? [bootstrap] : [],
    chroot: [...plan.layers.slice(-1), plan.listings],
    installer: steps.filter(({ name }) => /^installer(:includes)?$/.test(name)),
    binary: plan.targets,
    source: plan.source ? [plan.source.medium, ...Object.values(plan.source.images)] : [],
  };
  const reason =
    stage === 'source' ? 'The configuration asks for no source image.' : 'The configuration asks for no installer.';
  return { targets: ends[stage], reason, stageFiles: stageFilesOf(stage, steps, values) };
}

/** The stage files of a whole build, for scripts that look for them. */
export function allStageFiles(plan: BuildPlan, values: LiveValues): string[] {
  const steps = orderSteps(plan.targets);
  return (['bootstrap', 'chroot', 'installer', 'binary', 'source'] as const).flatMap((stage) =>
    stageFilesOf(stage, steps, values),
  );
}

function stageFilesOf(stage: StageName, steps: readonly Step[], values: LiveValues): string[] {
  return parts.filter((part) => part.stage === stage && applies(part, steps, values)).flatMap(filesOf);
}

function applies({ when, steps: pattern }: Part, steps: readonly Step[], values: LiveValues): boolean {
  if (when === 'always') return true;
  if (when === 'never') return false;
  if (when !== undefined) return when(values);
  return pattern !== undefined && steps.some(({ name }) => pattern.test(name));
}

function filesOf({ name, files }: Part): readonly string[] {
  return files ?? [name];
}

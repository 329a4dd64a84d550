import { join } from 'node:path';
import type { ResultOf, Step, StepContext } from '../engine/step.ts';
import { LENT, type LentFiles, standardLentFiles, writeLentFiles } from '../rootfs/buildTime.ts';
import { readLayers } from '../rootfs/find.ts';
import { type LayerRoot, makeLayer, openLayer } from '../rootfs/layer.ts';
import type { Emulation } from '../sandbox/emulation.ts';
import { createSandbox, type Sandbox } from '../sandbox/run.ts';
import type { Bind, ProgramResult, RunProgram } from '../sandbox/types.ts';
import type { Store, TreeRef } from '../store/types.ts';
import { recordSight } from './sight.ts';
import { createWatcher } from './watcher.ts';

/** What package scripts and hooks find in their environment, besides PATH, HOME and LC_ALL. */
export type ChrootSettings = {
  readonly debconfFrontend: string;
  readonly debconfPriority: string;
  readonly epochSeconds: number;
  /** Variables of config/environment and config/environment.chroot; absent: none. */
  readonly environment?: Readonly<Record<string, string>>;
};

/** What every step that works in the target root depends on. */
export interface ChrootBase {
  readonly tools: Step<TreeRef>;
  readonly debconfFrontend: string;
  readonly debconfPriority: string;
  readonly epoch: EpochSource;
  readonly environment?: Readonly<Record<string, string>>;
  /** What runs the target's programs where this machine's processor does not. */
  readonly emulator?: EmulatorStep;
}

export interface EmulatorStep {
  /** `qemu-aarch64`: a program of the tree. */
  readonly name: string;
  readonly tree: Step<TreeRef>;
}

/** Where SOURCE_DATE_EPOCH comes from: the date of the archive's state, unless the user sets one. */
export interface EpochSource {
  readonly needs: readonly Step[];
  /** Seconds since 1970, UTC. */
  readonly secondsOf: (resultOf: ResultOf) => number;
}

export type ChrootInputs = {
  readonly tools: TreeRef;
  readonly settings: ChrootSettings;
  /** Absent where the target's programs run by themselves, which is the same key as before there were emulators. */
  readonly emulator?: EmulatorInput;
};

export type EmulatorInput = { readonly name: string; readonly tree: TreeRef };

export function chrootNeeds({ tools, epoch, emulator }: ChrootBase): readonly Step[] {
  return [tools, ...epoch.needs, ...(emulator ? [emulator.tree] : [])];
}

export function chrootInputs(base: ChrootBase, resultOf: ResultOf): ChrootInputs {
  const { debconfFrontend, debconfPriority, environment = {}, emulator } = base;
  const settings = {
    ...{ debconfFrontend, debconfPriority, epochSeconds: base.epoch.secondsOf(resultOf) },
    ...(Object.keys(environment).length > 0 && { environment }),
  };
  return {
    tools: resultOf(base.tools),
    settings,
    ...(emulator && { emulator: { name: emulator.name, tree: resultOf(emulator.tree) } }),
  };
}

/** What a program in the target root needs to be told, to be run by the emulator; nothing where there is none. */
export async function emulationOf(store: Store, emulator?: EmulatorInput): Promise<{ emulation?: Emulation }> {
  if (emulator === undefined) return {};
  const path = join(await store.treePath(emulator.tree), 'usr/bin', emulator.name);
  return { emulation: { name: emulator.name, path } };
}

export async function openSandbox(store: Store, tools: TreeRef): Promise<Sandbox> {
  return createSandbox(await store.treePath(tools));
}

/** Hands a program's lines to the step's log. */
export function toLog(context: StepContext): { onLine: (line: string) => void; signal: AbortSignal } {
  return { onLine: (line) => context.log(line), signal: context.signal };
}

export interface ChrootStep {
  readonly context: StepContext;
  readonly tools: TreeRef;
  readonly below: readonly TreeRef[];
  readonly settings: ChrootSettings;
  readonly emulator?: EmulatorInput;
  /** Beside what package scripts need; `nothing`, not that either: where no program of the target runs, all that is written is meant. */
  readonly lent?: LentFiles | 'nothing';
  /**
   * Watches what the programs look at, so that the result can stand for other layers below (`layersWitness`). Those of an
   * emulator are not: between them and the kernel it looks at things of its own.
   */
  readonly watch?: {
    /** Names below that the step itself looked at. */
    readonly also?: readonly string[];
    readonly onOneProcessor: boolean;
  };
}

/** A program to run in the target root. */
export interface ChrootProgram {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly binds?: readonly Bind[];
  readonly network?: 'none' | 'host';
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  readonly onLine?: (line: string) => void;
}

export interface ChrootLayer extends LayerRoot {
  readonly sandbox: Sandbox;
  readonly runInRoot: (program: ChrootProgram) => Promise<ProgramResult>;
}

/** Makes a layer of the target root by programs that run inside it. */
export async function changeRoot(step: ChrootStep, change: (layer: ChrootLayer) => Promise<void>): Promise<TreeRef> {
  const { context, watch, emulator } = step;
  const { options, furnish } = await prepareRoot(step);
  const watcher = watch && !emulator && (await createWatcher(options.sandbox, context, watch.onOneProcessor));
  const layer = await makeLayer(options, (root) => change(furnish(root, watcher ? watcher.run : undefined)));
  const looks = watcher ? await watcher.looks() : undefined;
  const sight = { below: step.below, layer, also: watch?.also ?? [] };
  const seen = looks && (await recordSight(context, { ...sight, looks }));
  if (seen !== undefined) context.saw(seen);
  return layer;
}

/** Lets programs run in the target root; what they change there is not kept. */
export async function visitRoot<T>(step: ChrootStep, visit: (layer: ChrootLayer) => Promise<T>): Promise<T> {
  const { options, furnish } = await prepareRoot(step);
  return visit(furnish(await openLayer(options)));
}

async function prepareRoot(step: ChrootStep) {
  const { context, settings } = step;
  const sandbox = await openSandbox(context.store, step.tools);
  const files = step.lent === 'nothing' ? {} : { ...standardLentFiles, ...step.lent };
  const below = await readLayers(context.store, step.below);
  const lent = await writeLentFiles(join(context.scratch, 'lent'), files, below);
  const emulation = await emulationOf(context.store, step.emulator);
  const bench = { source: lent.bench, target: LENT, writable: true };
  const options = {
    store: context.store,
    sandbox,
    scratch: context.scratch,
    below: step.below,
    buildTimeLayer: lent.layer,
    epochSeconds: settings.epochSeconds,
  };
  const furnish = (root: LayerRoot, run: RunProgram = sandbox.run): ChrootLayer => ({
    ...root,
    sandbox,
    runInRoot: (program) =>
      run({
        ...toLog(context),
        ...program,
        ...emulation,
        binds: [bench, ...(program.binds ?? [])],
        root: root.root,
        env: { ...chrootEnvironment(settings), ...program.env },
      }),
  });
  return { options, furnish };
}

export function chrootEnvironment(settings: ChrootSettings): Record<string, string> {
  return {
    DEBIAN_FRONTEND: settings.debconfFrontend,
    DEBIAN_PRIORITY: settings.debconfPriority,
    DEBCONF_NONINTERACTIVE_SEEN: 'true',
    DEBCONF_NOWARNINGS: 'true',
    SOURCE_DATE_EPOCH: String(settings.epochSeconds),
    LC_ALL: 'C.UTF-8',
    ...settings.environment,
  };
}

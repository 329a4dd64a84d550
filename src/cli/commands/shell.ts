import { executeStep } from '../../engine/execute.ts';
import { orderSteps, resultsFor } from '../../engine/graph.ts';
import { findRecord } from '../../engine/witness.ts';
import { LivewrightError } from '../../errors.ts';
import type { BuildPlan } from '../../plan/plan.ts';
import { prepareBuild } from '../../plan/prepare.ts';
import type { BinaryHookOptions } from '../../steps/binaryHook.ts';
import { enterMedium, isMediumStep } from '../../steps/enterMedium.ts';
import { enterRoot, isRootStep, type RootInputs } from '../../steps/enterRoot.ts';
import { type HookInputs, hookWorld } from '../../steps/hook.ts';
import { lendNetwork, outsideWorld } from '../../steps/network.ts';
import { normalizeJson } from '../../store/canonical.ts';
import { defaultStoreDirectory } from '../../store/layout.ts';
import { openStore } from '../../store/local.ts';
import type { Json, Store } from '../../store/types.ts';
import type { CommandContext } from '../context.ts';
import { withRootPowers } from '../namespace.ts';
import { findStep } from '../stepNames.ts';
import { readVersion } from '../version.ts';

/** `lb shell STEP [-- COMMAND...]`: a program in the target root as the step finds it. */
export async function run(context: CommandContext): Promise<number> {
  const { directory, env, signal, positionals } = context;
  const { plan } = await prepareBuild({ directory, env, version: readVersion() });
  const [wanted, ...command] = positionals;
  const name = findStep(wanted, orderSteps(plan.targets));
  const entered = await withRootPowers(context, plan.tools);
  if (entered !== undefined) return entered;
  const store = await openStore(defaultStoreDirectory(env));
  try {
    const { inputs, results } = await inputsOf(name, plan, store, signal);
    const argv = command.length > 0 ? command : ['/bin/bash', '--login'];
    await store.withStaging(async (scratch) => {
      const request = { store, scratch, argv, signal };
      if (isRootStep(inputs))
        // The hook's own command is not what is to be run.
        return enterRoot({ ...(await worldOf(store, inputs, plan, results)), ...request, inputs });
      return enterMedium({ ...request, inputs, source: binaryHookOf(name, plan) });
    });
    return 0;
  } catch (error) {
    if (error instanceof LivewrightError && error.code === 'PROGRAM_FAILED') return Number(error.data['exitCode'] ?? 1);
    throw error;
  } finally {
    await store.close();
  }
}

/** The step's inputs, from the stored results of the steps before it; nothing is built for it. */
async function inputsOf(name: string, plan: BuildPlan, store: Store, signal: AbortSignal) {
  const results = new Map<string, Json>();
  for (const step of orderSteps(plan.targets)) {
    const needed = step.needs.every((need) => results.has(need.name));
    if (!needed) continue;
    const inputs = normalizeJson(await step.inputs(resultsFor(step, results)));
    if (step.name === name) {
      if (isRootStep(inputs) || isMediumStep(inputs)) return { inputs, results };
      throw new LivewrightError('USAGE', {
        message: `The step "${name}" does not work in the system's root, so there is no shell for it.`,
        hint: 'Take one of the hooks, packages:install, or initrd.',
      });
    }
    if (step.cache === 'never') {
      results.set(step.name, (await executeStep(step, inputs, { store, signal })).result);
      continue;
    }
    const record = await findRecord(step, inputs, store);
    if (record !== undefined) results.set(step.name, record.result);
  }
  throw new LivewrightError('STEP_UNKNOWN', {
    message: `The steps before "${name}" have not been built yet.`,
    hint: 'Run `lb build` first, as far as it goes.',
  });
}

function binaryHookOf(name: string, plan: BuildPlan): BinaryHookOptions {
  const found = plan.media.map(({ hooks }) => hooks.get(name)).find((hook) => hook !== undefined);
  if (found === undefined) throw new Error(`${name} is no hook of a medium`);
  return found;
}

async function worldOf(store: Store, inputs: RootInputs, plan: BuildPlan, results: ReadonlyMap<string, Json>) {
  const { network, config } = plan.surroundings;
  // Whoever works in the root needs the index, so there is one.
  const outside = outsideWorld(network, (step) => results.get(step.name) as never);
  if (inputs.script !== undefined)
    return hookWorld(store, inputs as RootInputs & HookInputs, { network, config, outside });
  return { lent: await lendNetwork(store, outside), binds: outside.binds, env: network.proxy };
}

import type { StepContext } from '../engine/step.ts';
import type { Json } from '../store/types.ts';
import type { AptSimulation } from './aptSimulation.ts';

/** Packages of the base system, whatever is installed on top of it. */
export type BaseSet = {
  /** Names of those that dpkg needs to run. */
  readonly essential: readonly string[];
  readonly installed: readonly { readonly name: string; readonly version: string; readonly architecture: string }[];
};

export interface BaseChoice {
  /** All that apt's answer depends on. */
  readonly inputs: Json;
  readonly apt: AptSimulation;
  readonly names: () => Promise<{ readonly core: readonly string[]; readonly all: readonly string[] }>;
}

/** Asks apt, once for each state of the archives: wishes of the user's come and go above the base. */
export async function chooseBase(context: StepContext, { inputs, apt, names }: BaseChoice): Promise<BaseSet> {
  const [chosen] = await context.parts<Json, BaseSet>({
    kind: 'base-set',
    version: 2,
    inputs: [inputs],
    make: async ([missing], keep) => {
      const { core, all } = await names();
      const simulate = async (specs: readonly string[]) =>
        (await apt.simulate({ specs, installed: '', recommends: 'never' })).installed;
      const essential = (await simulate(core)).map(({ name }) => name);
      await keep(missing!, { essential, installed: await simulate(all) });
    },
  });
  return chosen!;
}

import { adjustments } from './adjust.ts';
import { derivations } from './derive.ts';
import type { HostFacts } from './hostFacts.ts';
import { type LiveValues, type OptionName, optionNames, rowOf } from './options.ts';

export type GivenValues = { readonly [Name in OptionName]?: LiveValues[Name] | undefined };

/**
 * Values for all options: those given, and defaults for the rest. A default is computed when it is first asked for,
 * so the order of the table does not matter; a circle of defaults is a mistake in `derive.ts` and throws.
 */
export function resolveValues(given: GivenValues, host: HostFacts): LiveValues {
  const known = new Map<OptionName, unknown>();
  const underway = new Set<OptionName>();
  const values = {} as LiveValues;

  function compute(name: OptionName): unknown {
    if (underway.has(name)) throw new Error(`defaults of options go in a circle: ${[...underway, name].join(' -> ')}`);
    underway.add(name);
    const row = rowOf(name);
    const base = name in given ? given[name] : 'default' in row ? row.default : derive(name, values, host);
    const adjust = adjustments[name] as ((value: unknown, values: LiveValues) => unknown) | undefined;
    const value = adjust === undefined ? base : adjust(base, values);
    underway.delete(name);
    return value;
  }

  for (const name of optionNames) {
    Object.defineProperty(values, name, {
      enumerable: true,
      get: () => {
        if (!known.has(name)) known.set(name, compute(name));
        return known.get(name);
      },
    });
  }
  // A plain object without getters: it is compared, hashed and written as JSON.
  return Object.fromEntries(optionNames.map((name) => [name, values[name]])) as unknown as LiveValues;
}

function derive(name: OptionName, values: LiveValues, host: HostFacts): unknown {
  return derivations[name as keyof typeof derivations](values, host);
}

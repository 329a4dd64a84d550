import type { HostFacts } from './hostFacts.ts';
import { imageTypes } from './options/image.ts';
import { architectures } from './options/target.ts';
import { type OptionName, rowOf } from './options.ts';
import { type GivenValues, resolveValues } from './resolveValues.ts';
import type { ConfigWarning, Setting } from './settings.ts';

/** An option that others follow, and what it may have been before. */
interface Base {
  readonly name: 'distribution' | 'architecture' | 'binaryImages';
  readonly earlier: (given: GivenValues) => readonly unknown[];
}

const suites = [
  'distributionChroot',
  'distributionBinary',
  'parentDistributionChroot',
  'parentDistributionBinary',
] as const;

const bases: readonly Base[] = [
  { name: 'distribution', earlier: (given) => [...new Set(suites.map((name) => given[name]))] },
  { name: 'architecture', earlier: () => architectures },
  { name: 'binaryImages', earlier: () => imageTypes.map((type) => [type]) },
];

/**
 * live-build takes the defaults of its first run for wishes: after `lb config -d bookworm` and `lb config -d trixie` most of
 * a tree still says bookworm. Such values are told from wishes by their company: at least two of them are just what they would be
 * by default if `-d` (or `-a`, `-b`) were another one. They are left as they are, as live-build builds by them, with a warning.
 */
export function findStaleDefaults(
  winners: ReadonlyMap<OptionName, Setting>,
  given: GivenValues,
  host: HostFacts,
): ConfigWarning[] {
  const unmarked = [...winners.values()].filter(
    ({ name, standing }) => standing === 'unmarked' && follows(name) && given[name] !== undefined,
  );
  const isUnmarked = new Set(unmarked.map(({ name }) => name as string));
  const others = Object.fromEntries(Object.entries(given).filter(([name]) => !isUnmarked.has(name))) as GivenValues;
  const texts = (values: GivenValues) => {
    const resolved = resolveValues(values, host);
    return ({ name }: Setting) => rowOf(name).type.format(resolved[name]);
  };
  const [now, fresh] = [texts(given), texts(others)];
  return bases.flatMap(({ name, earlier }) => {
    for (const value of earlier(given)) {
      if (value === undefined) continue;
      const then = texts({ ...others, [name]: value });
      const stale = unmarked.filter((setting) => now(setting) === then(setting) && now(setting) !== fresh(setting));
      if (stale.length >= 2) return [warn(stale, name, rowOf(name).type.format(value))];
    }
    return [];
  });
}

function follows(name: OptionName): boolean {
  const row = rowOf(name);
  return 'derivedFrom' in row && row.kept !== true;
}

function warn(stale: readonly Setting[], base: OptionName, earlier: string): ConfigWarning {
  const options = stale.map(({ name }) => rowOf(name).long).filter((long) => long !== undefined);
  const variables = stale.map(({ name }) => rowOf(name).variable).join(', ');
  const [first] = stale;
  return {
    message: `${variables}: defaults that an earlier --${rowOf(base).long} ${earlier} left behind; they count as they are.`,
    hint: `To let them follow: lb config ${options.map((long) => `--${long} ""`).join(' ')}`,
    ...(first !== undefined && 'place' in first.origin ? { place: first.origin.place } : {}),
  };
}

import { join } from 'node:path';
import type { LivewrightError } from '../errors.ts';
import { checkTogether } from './checkTogether.ts';
import { checkSetting } from './checkValue.ts';
import { type ConfigArguments, parseConfigArguments } from './commandLine.ts';
import { type HostFacts, readHostFacts } from './hostFacts.ts';
import { configFiles, readOptionFiles } from './optionFiles.ts';
import { type LiveValues, type OptionName, rowOf } from './options.ts';
import { throwProblems } from './problems.ts';
import { type GivenValues, resolveValues } from './resolveValues.ts';
import {
  type ConfigWarning,
  environmentSettings,
  type FileSettings,
  type Origin,
  readSettings,
  type Setting,
} from './settings.ts';
import { findStaleDefaults } from './staleDefaults.ts';
import { unknownVariables } from './unknownVariables.ts';

/** A variable that an option file sets and no option stands for. */
export interface OtherVariable {
  readonly value: string;
  readonly place: { readonly path: string; readonly line: number };
}

/** The configuration of a build: a checked value for every option, and where each comes from. */
export interface LiveConfig {
  readonly values: LiveValues;
  readonly originOf: (name: OptionName) => Origin;
  /** Variables set in the option files that no option stands for; package lists and hooks may read them. */
  readonly otherVariables: ReadonlyMap<string, OtherVariable>;
  /** What `lb config` is to write to `oldWishesList`. */
  readonly listLines: readonly string[];
  readonly warnings: readonly ConfigWarning[];
}

export interface ResolveRequest {
  /** The build directory, absolute. */
  readonly directory: string;
  /** Options as of `lb config`, without `noauto`. */
  readonly argv?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Files of system-wide defaults; only `lb config` reads them. Default: none. */
  readonly systemFiles?: readonly string[];
  /** Default: read from this machine. */
  readonly host?: HostFacts;
}

/**
 * Reads the configuration. For each option the last of these counts: environment, system files, `config/` files,
 * `config/FILE.ARCHITECTURE` and `config/FILE.DISTRIBUTION`, command line, `--conffile`. Empty means "by default".
 * All that is wrong is reported at once, see `throwProblems`.
 */
export async function resolveConfig(request: ResolveRequest): Promise<LiveConfig> {
  const { directory, argv = [], env } = request;
  const host = request.host ?? (await readHostFacts({ directory, env }));
  const args = parseConfigArguments(argv);
  const conffile = args.switches.get('conffile');
  const lookup = (name: string) => env[name];

  const read = (paths: readonly string[], kind: 'system file' | 'file' | 'override file') =>
    readOptionFiles({ directory, paths, kind, lookup });
  const system = await read(request.systemFiles ?? [], 'system file');
  const plain = await read(env['LB_CONFIG']?.split(/\s+/).filter(Boolean) ?? configFiles, 'file');
  const stored = settleUnmarked([...environmentSettings(env), ...settingsOf(system), ...settingsOf(plain)], host);
  const selected = pick([...stored, ...args.settings]);
  const overrides = env['LB_CONFIG'] ? [] : await read(overridePaths(selected, host), 'override file');
  const last = conffile === undefined ? [] : await readConffile(conffile, request);

  const files = [...system, ...plain, ...overrides, ...last];
  const winners = pick([...stored, ...settingsOf(overrides), ...args.settings, ...settingsOf(last)]);
  return finish({ winners, files, host, args });
}

function settingsOf(files: readonly FileSettings[]): Setting[] {
  return files.flatMap((file) => file.settings);
}

/** The setting that counts for each option; options that are left to their default have none. */
function pick(settings: readonly Setting[]): ReadonlyMap<OptionName, Setting> {
  const winners = new Map<OptionName, Setting>();
  for (const setting of settings) {
    if (setting.standing === 'default') continue;
    if (setting.text === '') winners.delete(setting.name);
    else winners.set(setting.name, setting);
  }
  return winners;
}

/**
 * Files that live-build wrote hold defaults and choices alike. A value in them that is just what the default would be
 * by the other values counts as a default, so that it follows when one of those is changed.
 */
function settleUnmarked(settings: readonly Setting[], host: HostFacts): Setting[] {
  const given = givenValues(pick(settings)).given;
  const isDefault = ({ name, standing }: Setting) => {
    const row = rowOf(name);
    if (standing !== 'unmarked' || !('derivedFrom' in row) || row.kept || given[name] === undefined) return false;
    const { [name]: value, ...others } = given;
    return row.type.format(resolveValues(others, host)[name]) === row.type.format(value);
  };
  // Reset rather than left out: the file still has a say over what the environment wants.
  return settings.map((setting) => (isDefault(setting) ? { ...setting, text: '' } : setting));
}

interface GivenReport {
  readonly given: GivenValues;
  readonly problems: readonly LivewrightError[];
  readonly warnings: readonly ConfigWarning[];
}

function givenValues(winners: ReadonlyMap<OptionName, Setting>): GivenReport {
  const given: Record<string, unknown> = {};
  const problems: LivewrightError[] = [];
  const warnings: ConfigWarning[] = [];
  for (const [name, setting] of winners) {
    const checked = checkSetting(setting);
    if ('problem' in checked) problems.push(checked.problem);
    else given[name] = checked.value;
    if ('warning' in checked && checked.warning !== undefined) warnings.push(checked.warning);
  }
  return { given: given as GivenValues, problems, warnings };
}

/** `config/FILE.amd64` and `config/FILE.trixie`, by the values that the plain files and the command line give. */
function overridePaths(winners: ReadonlyMap<OptionName, Setting>, host: HostFacts): string[] {
  const values = resolveValues(givenValues(winners).given, host);
  return configFiles.flatMap((file) => [`${file}.${values.architecture}`, `${file}.${values.distribution}`]);
}

/** live-build goes on without a file that is not there, and so does a tree whose script names one. */
async function readConffile(path: string, { directory, env }: ResolveRequest): Promise<FileSettings[]> {
  const lookup = (name: string) => env[name];
  const files = await readOptionFiles({ directory, paths: [path], kind: 'file', lookup });
  if (files.length > 0) return files;
  const message = `There is no file "${path}" to read options from; --conffile changes nothing.`;
  const hint = `Paths after --conffile begin at ${join(directory, '.')}.`;
  return [{ ...readSettings({ path, text: '', kind: 'file', lookup }), warnings: [{ message, hint }] }];
}

interface FinishRequest {
  readonly winners: ReadonlyMap<OptionName, Setting>;
  readonly files: readonly FileSettings[];
  readonly host: HostFacts;
  readonly args: ConfigArguments;
}

function finish({ winners, files, host, args }: FinishRequest): LiveConfig {
  const checked = givenValues(winners);
  throwProblems([...files.flatMap((file) => file.problems), ...checked.problems]);
  const values = resolveValues(checked.given, host);
  const originOf = (name: OptionName): Origin => winners.get(name)?.origin ?? { kind: 'default' };
  const together = checkTogether(values, originOf);
  throwProblems(together.problems);
  return {
    values,
    originOf,
    otherVariables: otherVariables(files),
    listLines: args.listLines,
    warnings: [
      ...args.warnings,
      ...files.flatMap((file) => file.warnings),
      ...unknownVariables(files),
      ...checked.warnings,
      ...findStaleDefaults(winners, checked.given, host),
      ...together.warnings,
    ],
  };
}

function otherVariables(files: readonly FileSettings[]): Map<string, OtherVariable> {
  return new Map(files.flatMap(({ unknown }) => [...unknown]));
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { listFiles } from './listFiles.ts';
import type { LiveConfig } from './load.ts';
import { optionNames, rowOf } from './options.ts';
import { expandList, type ListEntry } from './packageList.ts';
import type { ConfigWarning } from './settings.ts';

/** The passes in which packages are installed, and `binary`: downloaded to the medium only. */
export type ListPass = 'install' | 'live' | 'binary';

export interface PackageLists {
  /** In the order in which live-build queues them. */
  readonly passes: Readonly<Record<ListPass, readonly ListEntry[]>>;
  readonly warnings: readonly ConfigWarning[];
}

/** Endings of list files, in the order in which a pass takes them. */
const endings: Readonly<Record<ListPass, readonly string[]>> = {
  install: ['.list', '.list.chroot', '.list.chroot_install'],
  live: ['.list', '.list.chroot', '.list.chroot_live'],
  binary: ['.list', '.list.binary'],
};

/**
 * Reads `config/package-lists`. Nothing is executed: `! command` lines come back as commands.
 * Throws LIST_SYNTAX.
 */
export async function readPackageLists(
  directory: string,
  config: LiveConfig,
  env: Readonly<Record<string, string | undefined>>,
): Promise<PackageLists> {
  const files = await listFiles(directory, 'config/package-lists');
  const lookUp = conditionValues(config, env);
  const entries = new Map<string, readonly ListEntry[]>();
  const warnings: ConfigWarning[] = [];
  for (const { name, path } of files) {
    if (
      !Object.values(endings)
        .flat()
        .some((ending) => name.endsWith(ending))
    )
      continue;
    const text = await orIfAbsent(readFile(join(directory, path), 'utf8'), undefined);
    if (text === undefined) {
      warnings.push({ message: 'The package list is a link to nowhere and is left out.', place: { path } });
      continue;
    }
    const expanded = expandList({ path, text, lookUp });
    entries.set(name, expanded.entries);
    warnings.push(...expanded.warnings);
  }
  const names = [...entries.keys()];
  const ofPass = (pass: ListPass) =>
    endings[pass].flatMap((ending) =>
      names.filter((name) => name.endsWith(ending)).flatMap((name) => entries.get(name) ?? []),
    );
  return { passes: { install: ofPass('install'), live: ofPass('live'), binary: ofPass('binary') }, warnings };
}

/** What `#if NAME` compares with: the variable LB_NAME of an option, of an option file, or of the environment. */
function conditionValues(
  config: LiveConfig,
  env: Readonly<Record<string, string | undefined>>,
): (name: string) => string | undefined {
  const values = new Map<string, string>();
  for (const name of optionNames) values.set(rowOf(name).variable, rowOf(name).type.format(config.values[name]));
  // No options: what live-build always says, and names that earlier ones had, still exported or in use.
  values.set('LB_DERIVATIVE', 'false');
  values.set('LB_ARCHITECTURES', config.values.architecture);
  values.set('LB_LINUX_FLAVOURS', config.values.linuxFlavours.map((flavour) => flavour.split(':')[0]).join(' '));
  return (name) => {
    const variable = `LB_${name}`;
    return values.get(variable) ?? config.otherVariables.get(variable)?.value ?? env[variable];
  };
}

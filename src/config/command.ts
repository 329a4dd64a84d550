import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import { type ConfigArguments, parseConfigArguments } from './commandLine.ts';
import { dumpTree } from './dump.ts';
import { linkOldTree } from './linkOldTree.ts';
import { type LiveConfig, resolveConfig } from './load.ts';
import { systemFiles } from './optionFiles.ts';
import type { ConfigWarning } from './settings.ts';
import { removeEmptyDirectories, writeTree } from './writeTree.ts';

export interface ConfigCommand {
  /** The build directory, absolute. */
  readonly directory: string;
  /** The words after `lb config`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes what the command is asked to print (`--dump`). */
  readonly stdout: (text: string) => void;
}

/** A script of the user that runs instead of the command, and calls it again with `noauto` and more options. */
export interface AutoScript {
  /** Relative to the build directory: `auto/config`. */
  readonly path: string;
  readonly argv: readonly string[];
}

export type ConfigOutcome =
  | { readonly kind: 'written' | 'validated'; readonly config: LiveConfig; readonly warnings: readonly ConfigWarning[] }
  | { readonly kind: 'auto'; readonly autoScript: AutoScript; readonly warnings: readonly ConfigWarning[] }
  /** For the caller to show. */
  | { readonly kind: 'help' | 'usage' | 'version' | 'dumped'; readonly warnings: readonly ConfigWarning[] };

/**
 * What `lb config` does. Where the tree has an executable `auto/config`, nothing is done and the caller is to run
 * `/bin/sh auto/config ARGV...` or the script itself, in the build directory; it calls `lb config noauto ...`.
 */
export async function runConfigCommand({ directory, argv, env, stdout }: ConfigCommand): Promise<ConfigOutcome> {
  const isNoauto = argv[0] === 'noauto';
  const words = isNoauto ? argv.slice(1) : argv;
  const args = parseConfigArguments(words);
  for (const kind of ['help', 'usage', 'version'] as const) {
    if (args.switches.has(kind)) return { kind, warnings: [] };
  }
  if (args.switches.has('dump')) {
    await dumpTree(directory, stdout);
    return { kind: 'dumped', warnings: [] };
  }
  refuseClone(args);
  const warnings: ConfigWarning[] = [];
  if (!isNoauto) {
    const auto = await findAutoScript(directory);
    if (auto?.isExecutable) return { kind: 'auto', autoScript: { path: auto.path, argv: words }, warnings };
    if (auto !== undefined) warnings.push(notExecutable(auto.path));
  }
  const files = args.switches.has('ignoreSystemDefaults') ? [] : systemFiles;
  const config = await resolveConfig({ directory, argv: words, env, systemFiles: files });
  warnings.push(...config.warnings);
  if (args.switches.has('validate')) return { kind: 'validated', config, warnings };
  warnings.push(...(await linkOldTree(directory)));
  await writeTree(directory, config);
  if (args.switches.has('clean')) await removeEmptyDirectories(directory);
  return { kind: 'written', config, warnings };
}

/** The user's `auto/config`, which is run instead of this. */
async function findAutoScript(
  directory: string,
): Promise<{ readonly path: string; readonly isExecutable: boolean } | undefined> {
  const path = 'auto/config';
  const found = await orIfAbsent(stat(join(directory, path)), undefined);
  if (!found?.isFile()) return undefined;
  // Root may read and write everything, but executes only what is executable for somebody; access(2) knows.
  const allowed = access(join(directory, path), constants.X_OK);
  return { path, isExecutable: await allowed.then(() => true).catch(() => false) };
}

function notExecutable(path: string): ConfigWarning {
  return {
    message: 'The script is not executable and is left out.',
    hint: `Run chmod +x ${path}, or remove it.`,
    place: { path },
  };
}

/** `lb` fetches it before this runs, and takes the option off. */
function refuseClone({ switches }: ConfigArguments): void {
  const url = switches.get('config');
  if (url === undefined) return;
  throw new LivewrightError('NOT_SUPPORTED', {
    message: 'A configuration from a repository is fetched by the program lb, and not here.',
    hint: `Run git clone ${url} in the build directory first.`,
    data: { option: '--config', url },
  });
}

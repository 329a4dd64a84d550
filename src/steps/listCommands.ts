import { defineStep, type Step, type StepContext } from '../engine/step.ts';
import type { LentFiles } from '../rootfs/buildTime.ts';
import type { Bind } from '../sandbox/types.ts';
import type { TreeRef } from '../store/types.ts';
import type { HookNetwork } from './hook.ts';
import { type Lock, sliceOf } from './lock.ts';
import { lendNetwork, type OutsideWorld, outsideWorld, worldNeeds } from './network.ts';
import { installWithApt } from './packages.ts';
import { gatherSlice } from './repository.ts';
import { type ChrootBase, type ChrootLayer, chrootInputs, chrootNeeds, toLog, visitRoot } from './workshop.ts';

export interface ListCommandsOptions {
  readonly base: ChrootBase;
  /** Each once. */
  readonly commands: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly network: HookNetwork;
  /** The lock with what the commands may need besides the base system (see `listToolsFor`), and its packages. */
  readonly resolve: Step<Lock>;
  readonly download: Step;
  readonly below: readonly Step<TreeRef>[];
}

/** What each command wrote: words for apt. */
export type ListOutputs = { readonly [command: string]: readonly string[] };

/** live-build has grep-aptavail and its like there for all commands; here they are fetched for those that name one. */
export function listToolsFor(commands: readonly string[]): string[] {
  const isUsed = commands.some((command) => /\b(grep|sort|tbl|join)-(aptavail|available|dctrl|status)\b/.test(command));
  return isUsed ? ['dctrl-tools'] : [];
}

/**
 * Runs the commands of package lists in the base system with the lists of all archives, as live-build does before it
 * installs anything; what they change there is thrown away.
 */
export function listCommandsStep(options: ListCommandsOptions): Step<ListOutputs> {
  const { base, commands, environment, network, resolve, download, below } = options;
  let outside: OutsideWorld | undefined;
  return defineStep({
    name: 'list-commands',
    title: 'commands in package lists',
    version: 3,
    needs: [...chrootNeeds(base), ...worldNeeds(network), resolve, download, ...below],
    inputs: (resultOf) => {
      outside = outsideWorld(network, resultOf);
      return {
        ...chrootInputs(base, resultOf),
        below: below.map((step) => resultOf(step)),
        sources: outside.sources,
        slice: sliceOf(resultOf(resolve), 'install'),
        commands,
        environment,
      };
    },
    run: async (inputs, context) => {
      if (outside === undefined) throw new Error('commands run before their inputs are known');
      const { binds, lent, packages } = await toolFiles(inputs.slice, context);
      const { binds: archives } = outside;
      const world = { ...lent, ...(await lendNetwork(context.store, outside)), ...helper };
      const env = { ...network.proxy, ...inputs.environment };
      return visitRoot({ ...inputs, lent: world, context }, async (layer) => {
        const { onLine } = toLog(context);
        if (packages > 0) await installWithApt({ layer, slice: inputs.slice, binds, onLine });
        const outputs: Record<string, readonly string[]> = {};
        for (const command of inputs.commands) {
          outputs[command] = await ask(command, { layer, env, context, binds: archives });
        }
        return outputs;
      });
    },
  });
}

async function toolFiles(slice: Parameters<typeof gatherSlice>[1], context: StepContext) {
  return { ...(await gatherSlice(context, slice)), packages: slice.packages.length };
}

/**
 * `Packages FIELD WORD`: names of the packages whose field (or one of several, with commas between) has the word in it, on whichever of
 * its lines; libraries are left out, as for tasks. Further words count for nothing, as with live-build.
 */
export const helperScript = `#!/bin/sh
set -e
if [ -z "$2" ]; then
  echo "Usage: Packages FIELD VALUE" >&2
  exit 1
fi
apt-cache dumpavail | awk -v fields="$1" -v value="$2" '
  function take(text) { if (key == "package") name = text; if (key == "section") section = text }
  function look(text) { if (index("," tolower(fields) ",", "," key ",") && index(text, value)) found = 1 }
  BEGIN { RS = ""; FS = "\\n" }
  {
    name = section = key = ""; found = 0
    for (i = 1; i <= NF; i++) {
      if ($i ~ /^[ \\t]/) { look($i); continue }
      colon = index($i, ":")
      key = tolower(substr($i, 1, colon - 1))
      text = substr($i, colon + 1); sub(/^[ \\t]+/, "", text)
      take(text); look(text)
    }
    if (found && section !~ /^(lib|\\/)/) print name
  }' | sort -u
`;

const helper: LentFiles = { '/usr/bin/Packages': { content: helperScript, mode: 0o755 } };

interface Asking {
  readonly layer: ChrootLayer;
  readonly binds: readonly Bind[];
  readonly env: Readonly<Record<string, string>>;
  readonly context: StepContext;
}

/** As live-build, a command that fails (a grep that finds nothing) still counts by what it wrote; but we say so. */
async function ask(command: string, { layer, env, binds, context }: Asking): Promise<string[]> {
  const argv = ['sh', '-c', `sh -c "$1"; printf '\\n%s' "$?"`, 'list', command];
  const { stdout } = await layer.runInRoot({ argv, env, binds, network: 'host' });
  const end = stdout.trimEnd().lastIndexOf('\n');
  const exitCode = stdout.slice(end + 1).trim();
  if (exitCode !== '0') context.note(`The command "${command}" of a package list ended with exit code ${exitCode}.`);
  return wordsOf(stdout.slice(0, end + 1));
}

/** Lines that begin with # are comments here too. */
export function wordsOf(output: string): string[] {
  const lines = output.split('\n').filter((line) => !line.startsWith('#'));
  return lines.flatMap((line) => line.split(/\s+/)).filter(Boolean);
}

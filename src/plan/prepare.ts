import { placeOf } from '../config/checkValue.ts';
import { readHostFacts } from '../config/hostFacts.ts';
import { type LiveConfig, resolveConfig } from '../config/load.ts';
import { throwProblems } from '../config/problems.ts';
import type { ConfigWarning } from '../config/settings.ts';
import { asBuilt, findUnsupported } from '../config/support.ts';
import { createDownloader, type Downloader } from '../debian/http.ts';
import { type Keyring, loadArchiveKeys } from '../debian/keys.ts';
import { LivewrightError } from '../errors.ts';
import { emulatedArchitectures, wayToRun } from '../sandbox/emulation.ts';
import { hostArchitecture } from '../sandbox/loader.ts';
import { proxyVariables } from '../steps/network.ts';
import { isShell } from './handwork.ts';
import { type BuildPlan, planBuild } from './plan.ts';
import { readBuildTree } from './tree.ts';

export interface PreparedBuild {
  readonly config: LiveConfig;
  readonly plan: BuildPlan;
  readonly warnings: readonly ConfigWarning[];
}

export interface PrepareRequest {
  /** The build directory, absolute. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Words of `lb config` that count for this build alone. */
  readonly argv?: readonly string[];
  /** Whether somebody is at the terminal, for `--interactive`; default: nobody. */
  readonly isAttended?: boolean;
}

/** Reads options and tree and makes the graph. Throws for all that can be known to be wrong before anything runs. */
export async function prepareBuild(request: PrepareRequest): Promise<PreparedBuild> {
  const { directory, env, version, argv = [], isAttended = false } = request;
  const asked = await resolveConfig({ directory, env, argv });
  const { problems, warnings } = findUnsupported(asked);
  throwProblems(problems);
  const config = asBuilt(asked);
  refuseForeign(config.values.architecture);
  const tree = await readBuildTree({ directory, config, env });
  const { mirrors } = await readHostFacts({ directory, env });
  const plan = planBuild({
    config,
    tree,
    toolsMirror: mirrors.main,
    ...archiveAccess(env, config.values.aptHttpProxy || tree.apt.settings.proxy),
    epochSeconds: readEpoch(env['SOURCE_DATE_EPOCH']),
    proxy: hookProxies(env, config.values.aptHttpProxy),
    version,
    isAttended,
  });
  return { config, plan, warnings: [...config.warnings, ...warnings, ...tree.warnings, ...unattended(plan, config)] };
}

function unattended({ handwork }: BuildPlan, { values, originOf }: LiveConfig): ConfigWarning[] {
  if (handwork !== undefined || !isShell(values)) return [];
  const message = 'No shell is opened in the system (--interactive), as there is no terminal.';
  return [{ message, ...placeOf(originOf('interactive')) }];
}

/** live-build exports --apt-http-proxy as http_proxy. */
function hookProxies(env: PrepareRequest['env'], aptProxy: string): Record<string, string> {
  return { ...proxyVariables(env), ...(aptProxy !== '' && { http_proxy: aptProxy }) };
}

/** The way to Debian's archives: downloads, and the keys that their indices must be signed with (read when needed). */
export function archiveAccess(
  env: Readonly<Record<string, string | undefined>>,
  proxy = '',
): { readonly downloader: Downloader; readonly keys: () => Promise<Keyring> } {
  let keys: Promise<Keyring> | undefined;
  return {
    downloader: createDownloader({ env, ...(proxy !== '' && { proxy }) }),
    keys: () => {
      keys ??= loadArchiveKeys();
      return keys;
    },
  };
}

/** Programs of the image run while it is built. */
function refuseForeign(architecture: string): void {
  if (wayToRun(architecture) !== undefined) return;
  const host = hostArchitecture();
  throw new LivewrightError('NOT_SUPPORTED', {
    message: `This machine (${host}) cannot run the programs of an image for ${architecture}, and this version does not emulate them.`,
    hint: `Build on a machine with that architecture, or set another one (lb config --architecture ${host}); emulated here are ${emulatedArchitectures().join(', ')}.`,
    data: { architecture },
  });
}

function readEpoch(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new LivewrightError('CONFIG_VALUE', {
    message: `SOURCE_DATE_EPOCH is "${text}"; expected seconds since 1970 as a whole number.`,
    hint: 'Set it as in `SOURCE_DATE_EPOCH=$(date +%s) lb build`, or unset it to take the date of the archive.',
  });
}

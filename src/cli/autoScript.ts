import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { orIfAbsent } from '../errors.ts';
import type { Host } from './context.ts';
import { withLiveBuildDirectory } from './liveBuildDirectory.ts';
import { runScript } from './runScript.ts';

export type AutoScript = 'absent' | 'runnable' | 'not executable';

/** Whether `auto/NAME` is there and may be run. live-build ignores one without the x bit, with a warning. */
export async function findAutoScript(directory: string, name: string): Promise<AutoScript> {
  const path = join(directory, 'auto', name);
  const found = await orIfAbsent(stat(path), undefined);
  if (!found?.isFile()) return 'absent';
  return access(path, constants.X_OK).then(
    () => 'runnable',
    () => 'not executable',
  );
}

/** A directory with a program `lb` that is this very Livewright, for the PATH of scripts. */
const ourPath = fileURLToPath(new URL('../../bin/path', import.meta.url));

/** Runs `auto/NAME` with the user's words and passes its exit code on. */
export function runAutoScript(
  name: string,
  argv: readonly string[],
  { host, outputTo }: { host: Host; outputTo: 'stdout' | 'stderr' },
): Promise<number> {
  const { directory, signal } = host;
  // live-build's own PATH begins with local/bin; `lb` must be ours before all.
  const path = [ourPath, join(directory, 'local/bin'), host.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(
    delimiter,
  );
  const env = { ...host.env, PATH: path, LIVEWRIGHT_NODE: host.self[0] };
  return withLiveBuildDirectory({ env, directory }, (scriptEnv) =>
    runScript(`auto/${name}`, argv, { directory, env: scriptEnv, signal, outputTo }),
  );
}

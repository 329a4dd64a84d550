import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { redactCredentials } from '../events/redact.ts';
import type { Environment } from './context.ts';
import { readVersion } from './version.ts';

export interface CrashPlace {
  readonly directory: string;
  readonly env: Environment;
  readonly argv: readonly string[];
}

/** Writes the stack and what else a developer asks for first; returns the path, or undefined if nothing can be written. */
export function writeCrashReport(error: unknown, place: CrashPlace): string | undefined {
  const name = `crash-${new Date().toISOString().replace(/[:.]/g, '-')}.txt`;
  const text = redactCredentials(describeCrash(error, place));
  for (const directory of crashDirectories(place)) {
    try {
      mkdirSync(directory, { recursive: true });
      const path = join(directory, name);
      writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
      return path;
    } catch {
      // The disk may be full or read-only, which may be the very reason of the crash: try the next place.
    }
  }
  return undefined;
}

/** Inside a build directory beside the logs; elsewhere nothing is left in the user's directory. */
function crashDirectories({ directory, env }: CrashPlace): readonly string[] {
  const home = env['XDG_CACHE_HOME'] || (env['HOME'] ? join(env['HOME'], '.cache') : undefined);
  return [
    ...(existsSync(join(directory, '.build')) ? [join(directory, '.build', 'livewright')] : []),
    ...(home === undefined ? [] : [join(home, 'livewright', 'crashes')]),
    tmpdir(),
  ];
}

function describeCrash(error: unknown, { directory, argv }: CrashPlace): string {
  return [
    `Livewright ${readVersion()}, Node ${process.version}, Linux ${release()} ${process.arch}`,
    `Command: lb ${argv.join(' ')}`,
    `Directory: ${directory}`,
    '',
    inspect(error, { depth: 6 }),
    '',
  ].join('\n');
}

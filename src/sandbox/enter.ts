import { spawnSync } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { LivewrightError } from '../errors.ts';
import { runInside } from './inside.ts';
import { loaderArgv } from './loader.ts';

/** Whether this process may mount and change owners: root, for real or in a user namespace of its own. */
export function hasRootPowers(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Whether uid 0 is the machine's root, and not that of a user namespace (user_namespaces(7): the initial namespace maps
 * all ids to themselves).
 */
export async function isRealRoot(): Promise<boolean> {
  const map = await readFile('/proc/self/uid_map', 'utf8');
  return hasRootPowers() && /^\s*0\s+0\s+4294967295\s*$/.test(map);
}

export interface EnterOptions {
  readonly toolsTree: string;
  /** What to run inside, for example `[process.execPath, 'main.js', 'build']`. */
  readonly argv: readonly string[];
}

/**
 * Runs `argv` with root's powers in a new user namespace: uid 0 is the calling user, 1..65535 are the user's
 * subordinate ids of /etc/subuid, set by the host's setuid `newuidmap` (package uidmap), the one helper that only the
 * host can lend. Standard streams are shared. Resolves with the exit code.
 */
export async function runInUserNamespace({ toolsTree, argv }: EnterOptions): Promise<number> {
  const tool = (name: string): string[] => loaderArgv(toolsTree, name);
  const enter = [...tool('usr/bin/unshare'), '--user', '--map-auto', '--map-root-user', '--'];
  // First without maps: refused with them, unshare(1) of util-linux 2.41 leaves behind a helper that waits for ever and
  // keeps our pipes open.
  await checkUserNamespace([...tool('usr/bin/unshare'), '--user', '--', ...tool('usr/bin/true')]);
  await checkUserNamespace([...enter, ...tool('usr/bin/true')]);
  return runInside({ toolsTree, argv: [...enter, ...argv] });
}

/** Throws NAMESPACES_UNAVAILABLE for what can be told without trying: asked before anything is fetched. */
export async function requireIdHelpers(): Promise<void> {
  if (await isInPath('newuidmap')) return;
  throw new LivewrightError('NAMESPACES_UNAVAILABLE', {
    message: 'An ordinary user needs newuidmap to build, and it is not in PATH.',
    hint: await adviseOnUserNamespaces(),
  });
}

/** Tries the namespace with a program that does nothing, so that a failure can be explained before anything starts. */
async function checkUserNamespace([command = '', ...rest]: readonly string[]): Promise<void> {
  const trial = spawnSync(command, rest, { encoding: 'utf8' });
  if (trial.status === 0) return;
  const said = (trial.stderr || String(trial.error ?? '')).trim().split('\n').at(-1) ?? '';
  throw new LivewrightError('NAMESPACES_UNAVAILABLE', {
    message: `A user namespace for building as an ordinary user could not be made${said ? ` (${said})` : ''}.`,
    hint: await adviseOnUserNamespaces(),
    data: { said },
  });
}

async function adviseOnUserNamespaces(): Promise<string> {
  const user = userName();
  if (!(await isInPath('newuidmap'))) {
    return 'Install the package uidmap (`sudo apt-get install uidmap`), or build as root.';
  }
  if (!(await hasRange('/etc/subuid', user)) || !(await hasRange('/etc/subgid', user))) {
    return `Give the user subordinate ids (\`sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user}\`), or build as root.`;
  }
  return 'Allow unprivileged user namespaces (`sudo sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000`; on Ubuntu also kernel.apparmor_restrict_unprivileged_userns=0), or build as root.';
}

/** Lines are `NAME:FIRST:COUNT`, where NAME may be a number (subuid(5)). */
async function hasRange(file: string, user: string): Promise<boolean> {
  const ranges = await readFile(file, 'utf8').catch(() => '');
  return ranges.split('\n').some((line) => line.startsWith(`${user}:`) || line.startsWith(`${process.getuid?.()}:`));
}

/** In a container the user may have no entry in /etc/passwd. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

async function isInPath(program: string): Promise<boolean> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const found = await access(join(directory, program)).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

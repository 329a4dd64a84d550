import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An ordinary user with subordinate ids. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** A Node that this user may run. */
  readonly node: string;
}

export const isRoot = process.getuid?.() === 0;

const name = 'livewright-e2e';

/** Makes the user, or takes the one that a killed run has left. */
export function addUser(directory: string): User {
  const home = join(directory, 'user');
  const known = spawnSync('id', ['-u', name]).status === 0;
  if (!known) execFileSync('useradd', ['--home-dir', home, '--no-create-home', '--shell', '/bin/sh', name]);
  if (subordinateIds('/etc/subuid') === undefined) {
    execFileSync('usermod', ['--add-subuids', '700000-765535', '--add-subgids', '700000-765535', name]);
  }
  const [uid, gid] = ['-u', '-g'].map((what) => Number(execFileSync('id', [what, name], { encoding: 'utf8' })));
  mkdirSync(home, { recursive: true });
  chownSync(home, uid!, gid!);
  return { uid: uid!, gid: gid!, home, env: { HOME: home, USER: name, LOGNAME: name }, node: nodeFor(uid!, directory) };
}

export function removeUser(): void {
  execFileSync('userdel', [name], { stdio: 'ignore' });
}

/** Copies a directory into the user's home, as the user's own. */
export function giveDirectory(user: User, source: string, target: string): string {
  const directory = join(user.home, target);
  cpSync(source, directory, { recursive: true });
  execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, directory]);
  return directory;
}

/** Node may be installed in the home of whoever runs the tests. */
function nodeFor(uid: number, directory: string): string {
  if (spawnSync(process.execPath, ['--version'], { uid }).status === 0) return process.execPath;
  const copy = join(directory, 'node');
  if (!existsSync(copy)) copyFileSync(process.execPath, copy);
  return copy;
}

function subordinateIds(file: string): { readonly first: number; readonly count: number } | undefined {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${name}:`));
  if (line === undefined) return undefined;
  const [, first, count] = line.split(':').map(Number);
  return { first: first!, count: count! };
}

/** The processes of the user and of the user's subordinate ids: everything a build of the user can have started. */
export function processesOf(user: User): string[] {
  const ids = subordinateIds('/etc/subuid')!;
  const isTheirs = (uid: number) => uid === user.uid || (uid >= ids.first && uid < ids.first + ids.count);
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      const [status, command] = ['status', 'cmdline'].map((file) => readIfThere(`/proc/${pid}/${file}`));
      const uids = /^Uid:\s+(.*)$/m.exec(status!)?.[1]?.split(/\s+/).map(Number) ?? [];
      const isGone = /^State:\s+[ZX]/m.test(status!);
      return uids.some(isTheirs) && !isGone ? [`${pid} ${command?.replaceAll('\0', ' ').slice(0, 200)}`] : [];
    });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}

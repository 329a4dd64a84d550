import { posix } from 'node:path';
import { createFamily } from './family.ts';
import { createLoaders } from './loaders.ts';
import { descriptorFile, namedFiles, parseLine, type TracedCall } from './strace.ts';

/**
 * `state`: whether it is there, its kind, owner, mode, times, size. `content`: also the bytes of a file. `names`: also the
 * names in a directory. Each includes what stands before it; but for `loader`: the dynamic loader has looked for libraries
 * in its cache, of which only those entries count.
 */
export const lookKinds = ['loader', 'state', 'content', 'names'] as const;
export type LookKind = (typeof lookKinds)[number];

/** Notes a look at a path, unless it was looked at more closely already. */
export function addLook(looks: Map<string, LookKind>, path: string, kind: LookKind): void {
  const known = looks.get(path);
  if (known === undefined || known === kind) looks.set(path, kind);
  else if (known === 'loader' || kind === 'loader') looks.set(path, higher('content', higher(known, kind)));
  else looks.set(path, higher(known, kind));
}

const higher = (a: LookKind, b: LookKind): LookKind => (lookKinds.indexOf(a) < lookKinds.indexOf(b) ? b : a);

/** What programs looked at, by absolute path as they named it: not normalised but for `//` and `.`. */
export interface Looks {
  readonly paths: ReadonlyMap<string, LookKind>;
  /** Those that were started: the kernel looks at their interpreters too. */
  readonly started: ReadonlySet<string>;
  /** Directories that were the root of some of them (chroot(2)); links below them are not followed as they were. */
  readonly roots: readonly string[];
}

/** Why it cannot be known what was looked at. */
export interface Untraceable {
  readonly reason: string;
}

/** Calls after which names mean something else, or by which files are reached without one. */
const untraceable = new Set([
  ...['pivot_root', 'mount', 'umount', 'umount2', 'move_mount', 'fsmount', 'mount_setattr', 'unshare', 'setns'],
  ...['open_by_handle_at', 'io_uring_setup', 'ptrace', 'swapon', 'acct'],
]);

/** Look at the state only; all others may read, or make overlayfs copy the content. */
const stateOnly = new Set([
  ...['access', 'faccessat', 'faccessat2', 'stat', 'lstat', 'stat64', 'lstat64', 'fstatat64', 'newfstatat', 'statx'],
  ...['readlink', 'readlinkat', 'statfs', 'statfs64', 'chdir', 'mkdir', 'mkdirat', 'unlink', 'unlinkat'],
  ...['getxattr', 'lgetxattr', 'listxattr', 'llistxattr', 'inotify_add_watch', 'name_to_handle_at', 'mknod', 'mknodat'],
]);

const withTwoNames = new Set(['rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlink', 'symlinkat']);

/** Kernel's file systems and what the build lends: nothing there is of a layer. */
const outside = /^\/(proc|sys|dev|livewright|live-build)(\/|$)/;

/** More than this is no use: comparing would take longer than running. */
const MOST_PATHS = 200_000;

/**
 * What a program that the sandbox ran, and all that it started, looked at. `text` is strace's whole output; it begins with
 * the sandbox's own set-up, which ends where env(1) starts the program.
 */
export function readLooks(text: string, cwd: string): Looks | Untraceable {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => / execve\("\/usr\/bin\/env", \["\/usr\/bin\/env", "--"/.test(line));
  if (start < 0) return { reason: 'the log of the system calls has no beginning' };
  const calls = lines.slice(start).flatMap((line) => parseLine(line) ?? []);
  const family = createFamily(calls[0]?.pid, cwd);
  const loaders = createLoaders();
  const looks = new Map<string, LookKind>();
  const started = new Set<string>();
  const look = (path: string, kind: LookKind): void => {
    if (!outside.test(path)) addLook(looks, path, kind);
  };
  for (const call of calls) {
    const reason = whyUntraceable(call);
    if (reason !== undefined) return { reason };
    const kind = loaders.isLoading(call) ? 'loader' : kindOf(call);
    const given = descriptorFile(call.result);
    if (given?.startsWith('/')) look(given, kind === 'loader' ? kind : 'content');
    const listed = call.name.startsWith('getdents') ? descriptorFile(call.args) : undefined;
    if (listed !== undefined) look(listed, 'names');
    for (const path of namesOf(call, family)) {
      if (/^\/proc\/[^/]+\/(root|cwd)(\/|$)/.test(path)) return { reason: `it reaches files through ${path}` };
      look(path, kind);
      if (call.name.startsWith('execve') && !outside.test(path)) started.add(path);
    }
    family.follow(call);
    if (looks.size > MOST_PATHS) return { reason: `it looks at more than ${MOST_PATHS} files` };
  }
  return { paths: looks, started, roots: family.roots() };
}

function kindOf({ name, args }: TracedCall): LookKind {
  // Whether a directory can be removed depends on what is in it.
  if (name === 'rmdir' || args.includes('AT_REMOVEDIR')) return 'names';
  return stateOnly.has(name) ? 'state' : 'content';
}

function whyUntraceable({ name, args }: TracedCall): string | undefined {
  if (untraceable.has(name) && args !== '') return `it calls ${name}`;
  if (namedFiles(args, 2).some(({ isCut }) => isCut)) return 'a name is too long for the log';
  return undefined;
}

type Family = ReturnType<typeof createFamily>;

/** The absolute names that a call may mean. */
function* namesOf(call: TracedCall, family: Family): Generator<string> {
  const { pid, name, args } = call;
  if (args === '' || name === 'getcwd') return;
  const files = namedFiles(args, withTwoNames.has(name) ? 2 : 1);
  for (const { path, directory } of files) {
    // The descriptor that inotify_add_watch(2) begins with is no directory.
    if (path !== '') yield* family.meanings(pid, path, name === 'inotify_add_watch' ? undefined : directory);
  }
  const [target, link] = files;
  if (!name.startsWith('symlink') || target === undefined || link === undefined) return;
  // A name below a new link leads to where the link points: that counts as looked at, whoever follows it.
  for (const place of family.meanings(pid, link.path, link.directory)) {
    yield* family.meanings(pid, target.path, posix.dirname(place));
  }
}

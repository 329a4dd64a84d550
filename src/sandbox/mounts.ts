import { basename, dirname } from 'node:path';
import { LivewrightError } from '../errors.ts';
import { emulationLines } from './emulation.ts';
import type { Bind, OverlayMount, Program, SandboxRoot } from './types.ts';

/** Exit code of the set-up script when the sandbox itself could not be made. */
export const SETUP_FAILED = 125;

/** Words of a shell command, quoted for `sh`. */
export function quote(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

/** One line of the set-up: the command, and what to call it where it fails. */
interface SetupLine {
  readonly words: readonly string[];
  readonly purpose: string;
  /** Go on without it. */
  readonly optional?: boolean;
  /** What to do where that cannot be done. */
  readonly otherwise?: readonly (readonly string[])[];
}

const line = (purpose: string, ...words: string[]): SetupLine => ({ purpose, words });

/**
 * The script that turns a fresh mount and PID namespace into the program's world. It is run by busybox `sh` as
 * process 1 with the host's tree still visible, and ends by running "$@" with the new root.
 *
 * ```
 * anchor/            tmpfs, private to this namespace: hides nothing but an empty directory
 *   lower/r1 r2 ...  the layers, bound here so that no path needs escaping in overlay's options
 *   scratch/         bound: upper and work (they must lie under one mount)
 *   root/            the new root
 * ```
 */
export function setupScript(program: Program, anchor: string): string {
  const root = `${anchor}/root`;
  const lines: SetupLine[] = [
    line('a private tmpfs', 'mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', anchor),
    line('mount points', 'mkdir', '-p', root, `${anchor}/lower`, `${anchor}/upper`, `${anchor}/work`),
    line('the layers', 'cd', `${anchor}/lower`),
    ...rootLines(program.root, anchor),
    ...(program.overlays ?? []).flatMap((overlay, index) => overlayLines(overlay, index, anchor)),
    ...kernelLines(root),
    ...deviceLines(root, program.devices ?? []),
    ...(program.binds ?? []).flatMap((bind) => bindLines(bind, root)),
  ];
  if ((program.network ?? 'none') === 'none') {
    lines.push({ ...line('the loopback interface', 'ip', 'link', 'set', 'lo', 'up'), optional: true });
  }
  lines.push(line('the host name', 'hostname', 'localhost.localdomain'));
  return [
    'die() { echo "sandbox: cannot set up $1" >&2; exit 125; }',
    // Before anything is made: mount points in a target's own layer stay there.
    'umask 022',
    ...lines.map(renderLine),
    ...(program.emulation ? emulationLines(program.emulation, anchor) : []),
    `cd ${quote([root])} || die root`,
    // pivot_root(".", ".") puts the old root on top of the new one, and the lazy unmount takes it away (pivot_root(2)).
    'pivot_root . . || die pivot_root',
    'umount -l . || die "the old root"',
    `cd ${quote([program.cwd ?? '/'])} || die ${quote([`the working directory ${program.cwd ?? '/'}`])}`,
    // This shell's own; `cd` exports where it came from, a path of the host.
    'unset OLDPWD PWD SHLVL',
    // By way of env(1): a bare name would start busybox's own applet of that name, and a script without "#!" is run
    // by /bin/sh (execvp).
    `/usr/bin/env -- "$@"${isSilent(program) ? ' </dev/null' : ''}${program.emulation ? ' 9<&-' : ''}`,
    'exit $?',
  ].join('\n');
}

/** Without input it gets this null device, since through `/dev/stdin` it could change the host's. */
const isSilent = ({ input, stdio }: Program): boolean => input === undefined && stdio !== 'inherit';

function renderLine({ words, purpose, optional, otherwise = [] }: SetupLine): string {
  if (optional) return `${quote(words)} 2>/dev/null || true`;
  const second = otherwise.length === 0 ? '' : `2>/dev/null || { ${otherwise.map(quote).join(' && ')}; } `;
  return `${quote(words)} ${second}|| die ${quote([purpose])}`;
}

/** A throw-away upper on the tmpfs: mount points can be made and programs may litter, the layers stay as they are. */
const throwAway = 'upperdir=../upper,workdir=../work';

function rootLines(root: SandboxRoot, anchor: string): SetupLine[] {
  const target = `${anchor}/root`;
  if (root.kind === 'directory') {
    return overlay({ anchor, name: 'r', lower: [root.path], target, writing: throwAway });
  }
  const { upper, work, lower } = root;
  if (upper === undefined) return overlay({ anchor, name: 'r', lower, target, writing: throwAway });
  return writableOverlay({ anchor, name: 'r', lower, target, upper, work });
}

function overlayLines(mount: OverlayMount, index: number, anchor: string): SetupLine[] {
  const { lower, upper, work } = mount;
  const place = { anchor, name: `o${index}-`, lower, target: `${anchor}/root${mount.target}` };
  return upper === undefined ? overlay(place) : writableOverlay({ ...place, upper, work });
}

interface OverlayPlace {
  readonly anchor: string;
  /** Tells this overlay's directories from others' below the anchor. */
  readonly name: string;
  readonly lower: readonly string[];
  readonly target: string;
}

function writableOverlay(place: OverlayPlace & { upper: string; work: string | undefined }): SetupLine[] {
  const { upper, work, anchor, name } = place;
  const scratch = dirname(upper);
  if (work === undefined || dirname(work) !== scratch) throw new Error('upper and work must be in one directory');
  const here = `${anchor}/scratch-${name}`;
  const inScratch = (path: string): string => `../scratch-${name}/${basename(path)}`;
  return [
    line('the scratch directory', 'mkdir', '-p', here),
    line('the scratch directory', 'mount', '--bind', scratch, here),
    // A volatile mount leaves a mark that refuses the next one (overlayfs.rst, "Volatile mount"); here the upper
    // directory is carried from one program of a step to the next, and no crash lies between.
    line('the work directory', 'rm', '-rf', `${inScratch(work)}/work`),
    ...overlay({
      ...place,
      // volatile: nothing is synced to disk while packages are unpacked; the layer counts only once it is published.
      writing: `upperdir=${inScratch(upper)},workdir=${inScratch(work)},volatile`,
    }),
  ];
}

function overlay(place: OverlayPlace & { writing?: string }): SetupLine[] {
  const { name, target, writing } = place;
  const lower = withoutRepeats(place.lower);
  // Overlay wants at least one lower directory, and two where nothing is written; empty ones cost nothing.
  const names = ['', ...lower].map((_, index) => `${name}${index}`);
  const binds = lower.map((source, index) =>
    line(`the layer ${source}`, 'mount', '--bind', source, `${name}${index + 1}`),
  );
  // Relative to the working directory, ANCHOR/lower: mount(2) takes one page of options and the script is one word of
  // at most 128 KiB, and an image may have a hundred layers; also, a comma or colon of the store's path would end an option.
  const stack = names.toReversed().join(':');
  // userxattr: the only form allowed in a user namespace; used as root too, so that layers look the same in both.
  const mountOptions = [`lowerdir=${stack}`, 'userxattr', ...(writing ? [writing] : [])].join(',');
  return [
    line('mount points', 'mkdir', '-p', ...names, target),
    ...binds,
    line('an overlay of layers', 'mount', '-t', 'overlay', '-o', mountOptions, 'overlay', target),
  ];
}

/**
 * Two steps may write the same, nothing for instance, and then their layers are one tree. Overlay refuses a directory
 * that is there twice (ELOOP); the lower one shows nothing that the upper one does not.
 */
function withoutRepeats(lower: readonly string[]): readonly string[] {
  return lower.filter((path, index) => lower.lastIndexOf(path) === index);
}

function kernelLines(root: string): SetupLine[] {
  return [
    line('mount points', 'mkdir', '-p', `${root}/proc`, `${root}/sys`, `${root}/dev`),
    line('/proc', 'mount', '-t', 'proc', '-o', 'nosuid,nodev,noexec', 'proc', `${root}/proc`),
    line('/sys', 'mount', '--rbind', '/sys', `${root}/sys`),
    { ...line('/sys', 'mount', '-o', 'remount,bind,ro,nosuid,nodev,noexec', `${root}/sys`), optional: true },
  ];
}

/** Path, major and minor number (Linux, Documentation/admin-guide/devices.txt). */
const standardDevices = [
  ['/dev/null', 1, 3],
  ['/dev/zero', 1, 5],
  ['/dev/full', 1, 7],
  ['/dev/random', 1, 8],
  ['/dev/urandom', 1, 9],
  ['/dev/tty', 5, 0],
] as const;

/**
 * A node of our own where root may make one, so that a hook's `chmod /dev/null` is not the host's. In a user namespace
 * nobody may, and the host's is shown: read-only, which keeps nobody from writing to the device, but real root (in a namespace
 * for an emulator) from changing the node.
 */
function standardDevice(root: string, [node, major, minor]: (typeof standardDevices)[number]): SetupLine[] {
  const target = root + node;
  const own = {
    ...line(node, 'mknod', '-m', '666', target, 'c', String(major), String(minor)),
    otherwise: [
      ['touch', target],
      ['mount', '--bind', node, target],
    ],
  };
  return [own, { ...line(node, 'mount', '-o', 'remount,bind,ro,nosuid,noexec', target), optional: true }];
}

function deviceLines(root: string, extra: readonly string[]): SetupLine[] {
  return [
    line('/dev', 'mount', '-t', 'tmpfs', '-o', 'mode=755,nosuid', 'tmpfs', `${root}/dev`),
    line('/dev', 'mkdir', '-p', `${root}/dev/pts`, `${root}/dev/shm`),
    line('/dev/pts', 'mount', '-t', 'devpts', '-o', 'newinstance,ptmxmode=0666,mode=620', 'devpts', `${root}/dev/pts`),
    line('/dev/shm', 'mount', '-t', 'tmpfs', '-o', 'mode=1777,nosuid,nodev', 'tmpfs', `${root}/dev/shm`),
    ...standardDevices.flatMap((device) => standardDevice(root, device)),
    ...extra.flatMap((node) => [
      line('/dev', 'mkdir', '-p', dirname(root + node)),
      line('/dev', 'touch', root + node),
      line(node, 'mount', '--bind', node, root + node),
    ]),
    line('/dev/ptmx', 'ln', '-s', 'pts/ptmx', `${root}/dev/ptmx`),
    line('/dev/fd', 'ln', '-s', '/proc/self/fd', `${root}/dev/fd`),
    ...['stdin', 'stdout', 'stderr'].map((name, fd) =>
      line(`/dev/${name}`, 'ln', '-s', `/proc/self/fd/${fd}`, `${root}/dev/${name}`),
    ),
  ];
}

function bindLines(bind: Bind, root: string): SetupLine[] {
  if (!bind.target.startsWith('/')) {
    throw new LivewrightError('CONFIG_VALUE', { message: `The bind target "${bind.target}" is not an absolute path.` });
  }
  const target = root + bind.target;
  const prepare: SetupLine = {
    purpose: `the mount point ${bind.target}`,
    words: [
      'sh',
      '-c',
      'mkdir -p "$(dirname "$2")"; if [ -d "$1" ]; then mkdir -p "$2"; else [ -e "$2" ] || : >"$2"; fi',
      'sh',
      bind.source,
      target,
    ],
  };
  const lines = [prepare, line(bind.target, 'mount', '--bind', bind.source, target)];
  if (!bind.writable) lines.push(line(`${bind.target} read-only`, 'mount', '-o', 'remount,bind,ro', target));
  return lines;
}

import { namedFiles, type TracedCall } from './strace.ts';

/** Where names of a process begin. */
interface Place {
  /** Working directory. */
  readonly directory: string;
  /** What it calls `/`. */
  readonly root: string;
}

/**
 * Follows the working directories and roots of processes through a trace. A new process is known once a call tells its
 * directory (`AT_FDCWD<...>`); what it names before may mean all that it could mean for any process so far.
 */
export function createFamily(first: number | undefined, cwd: string) {
  const start: Place = { directory: cwd, root: '/' };
  const known = new Map<number, Place>(first === undefined ? [] : [[first, start]]);
  const seen = new Map([[JSON.stringify(start), start]]);
  /** What a process wants to change to, until the line that tells whether it could. */
  const wanted = new Map<number, string>();

  function placesOf(pid: number): readonly Place[] {
    const place = known.get(pid);
    return place === undefined ? [...seen.values()] : [place];
  }

  function setPlace(pid: number, place: Place): void {
    known.set(pid, place);
    seen.set(JSON.stringify(place), place);
  }

  /** The absolute names that `path` may mean; `directory` is what it is relative to, where the call says so. */
  function meanings(pid: number, path: string, directory?: string): string[] {
    const names = placesOf(pid).map(({ root, directory: working }) =>
      path.startsWith('/') ? joinNames(root, `.${path}`) : joinNames(directory ?? working, path),
    );
    return [...new Set(names)];
  }

  function change(call: TracedCall, property: keyof Place): void {
    const { pid, args, result } = call;
    const [path] = args === '' ? [wanted.get(pid)] : namedFiles(args, 1).map((file) => file.path);
    if (path === undefined) return;
    if (result === '') wanted.set(pid, path);
    else if (!result.startsWith('-1')) moveTo(pid, property, meanings(pid, path));
  }

  /** Of a process that is not known, all that it may have moved to has been seen from now on. */
  function moveTo(pid: number, property: keyof Place, names: readonly string[]): void {
    const places = placesOf(pid).flatMap((place) => names.map((name) => ({ ...place, [property]: name })));
    for (const place of places) seen.set(JSON.stringify(place), place);
    if (places.length === 1) setPlace(pid, places[0]!);
  }

  /** Takes note of what the call does to working directories and roots. */
  function follow(call: TracedCall): void {
    const { pid, name, args } = call;
    if (name === 'exit') known.delete(pid);
    const [, told] = /AT_FDCWD<((?:[^<>\\]|\\.)*)>/.exec(args) ?? [];
    // A process that nothing is known of has no other root as long as nobody has.
    if (told !== undefined && (known.has(pid) || roots().length === 0)) {
      setPlace(pid, { ...(known.get(pid) ?? start), directory: told });
    }
    if (name === 'chdir') change(call, 'directory');
    if (name === 'chroot') change(call, 'root');
    const opened = name === 'fchdir' ? /^\d+<((?:[^<>\\]|\\.)*)>/.exec(args)?.[1] : undefined;
    if (opened !== undefined) moveTo(pid, 'directory', [opened]);
  }

  /** Other roots than `/` that processes had. */
  function roots(): string[] {
    return [...new Set([...seen.values()].map(({ root }) => root))].filter((root) => root !== '/');
  }

  return { meanings, follow, roots };
}

/** Without resolving `..`, which is the business of whoever knows the links on the way. */
function joinNames(base: string, path: string): string {
  const whole = path.startsWith('/') ? path : `${base}/${path}`;
  return whole.replaceAll(/\/(\.?\/)+/g, '/').replace(/(.)\/\.?$/, '$1');
}

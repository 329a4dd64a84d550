import type { TracedCall } from './strace.ts';

/** Where ldconfig(8) writes down which libraries there are. */
export const LOADER_CACHE = '/etc/ld.so.cache';

const opensCache = new RegExp(`^AT_FDCWD<[^>]*>, "${LOADER_CACHE}", O_RDONLY\\|O_CLOEXEC`);

/**
 * Tells the dynamic loader's look at its cache from a program's: it is the first file that a new program opens (ld.so(8)), before
 * any of its own code runs. What is loaded later (dlopen(3)) looks like a read by the program, and counts as one.
 */
export function createLoaders() {
  /** Programs that have opened nothing yet. */
  const fresh = new Set<number>();
  /** Those whose call is to be continued on another line. */
  const loading = new Set<number>();

  function isLoading({ pid, name, args, result }: TracedCall): boolean {
    if (name.startsWith('execve') && result.startsWith('0')) fresh.add(pid);
    if (name === 'exit') return fresh.delete(pid) && false;
    if (name !== 'openat' && name !== 'open') return false;
    if (args === '') return loading.delete(pid);
    const isLoader = fresh.delete(pid) && opensCache.test(args);
    if (isLoader && result === '') loading.add(pid);
    return isLoader;
  }

  return { isLoading };
}

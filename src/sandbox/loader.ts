import { join } from 'node:path';
import { LivewrightError } from '../errors.ts';

/** Where Debian's C library keeps its loader and libraries, by Debian architecture (Debian policy, multiarch tuples). */
const loaders: Record<string, { readonly loader: string; readonly libraries: string }> = {
  amd64: { loader: 'usr/lib64/ld-linux-x86-64.so.2', libraries: 'usr/lib/x86_64-linux-gnu' },
  arm64: { loader: 'usr/lib/ld-linux-aarch64.so.1', libraries: 'usr/lib/aarch64-linux-gnu' },
  i386: { loader: 'usr/lib/ld-linux.so.2', libraries: 'usr/lib/i386-linux-gnu' },
};

/**
 * The argv that runs a program of the tools tree from outside it: the tree's own loader with the tree's own libraries,
 * so that nothing of the host's is used, not even its C library.
 */
export function loaderArgv(tree: string, program: string, architecture: string = hostArchitecture()): string[] {
  const place = loaders[architecture];
  if (place === undefined) throw new Error(`no loader known for ${architecture}`);
  // They separate the directories of --library-path, and nothing quotes them (ld.so(8)).
  if (/[:;]/.test(tree)) throw unfitPath(tree);
  return [join(tree, place.loader), '--library-path', join(tree, place.libraries), join(tree, program)];
}

function unfitPath(tree: string): LivewrightError {
  return new LivewrightError('STORE_UNUSABLE', {
    message: `Programs cannot be started from "${tree}": its path has a colon or semicolon.`,
    hint: 'Put the store elsewhere with LIVEWRIGHT_STORE=/path.',
    data: { tree },
  });
}

/** Debian's name of the machine that builds; the tools tree is of this architecture whatever the image is. */
export function hostArchitecture(): string {
  const names: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64', ia32: 'i386' };
  return names[process.arch] ?? process.arch;
}

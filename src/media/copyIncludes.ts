import { cp, realpath } from 'node:fs/promises';

/**
 * Copies the user's directory over a medium; it may itself be a link. Links in it stay links, as with live-build's cpio; a file takes
 * the place of what is there and never writes through it.
 */
export async function copyIncludes(source: string, directory: string): Promise<void> {
  await cp(await realpath(source), directory, { recursive: true, force: true, verbatimSymlinks: true });
}

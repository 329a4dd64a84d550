import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseShellVariables } from '../../config/shellvars.ts';
import { orIfAbsent } from '../../errors.ts';
import type { ImageNames } from './targets.ts';

// In live-build's order: what a later file sets counts.
const files = ['all', 'common', 'bootstrap', 'chroot', 'binary', 'source'];

/**
 * The names of images as `config/` sets them, with live-build's defaults. Lines that cannot be read are passed over: a broken
 * configuration is no reason not to clean.
 */
export async function readImageNames(directory: string): Promise<ImageNames> {
  const values = new Map<string, string>();
  for (const name of files) {
    const path = `config/${name}`;
    const text = await orIfAbsent(readFile(join(directory, path), 'utf8'), '');
    for (const assignment of parseShellVariables({ path, text }).assignments) {
      if (assignment.value !== '') values.set(assignment.name, assignment.value);
    }
  }
  return {
    imageName: values.get('LB_IMAGE_NAME') ?? 'live-image',
    architecture: values.get('LB_ARCHITECTURE') ?? values.get('LB_ARCHITECTURES') ?? 'amd64',
  };
}

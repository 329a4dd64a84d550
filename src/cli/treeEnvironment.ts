import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import type { Environment } from './context.ts';

/**
 * The environment of every `lb` in a build directory, and of the scripts that it starts: what `config/environment` and
 * `config/environment.binary` set counts more than what the user's shell has exported. Throws CONFIG_SYNTAX.
 */
export async function withTreeEnvironment(directory: string, env: Environment): Promise<Environment> {
  let merged = env;
  for (const path of ['config/environment', 'config/environment.binary']) {
    const text = await orIfAbsent(readFile(join(directory, path), 'utf8'), undefined);
    if (text === undefined) continue;
    const { parseEnvironment } = await import('../plan/environment.ts');
    merged = { ...merged, ...parseEnvironment(text, path) };
  }
  return merged;
}

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { HostFacts } from './hostFacts.ts';
import { resolveConfig } from './load.ts';

/** A host that is the same everywhere. */
export const host: HostFacts = {
  architecture: () => 'amd64',
  mirrors: { main: 'http://mirror.example/debian/', security: 'http://mirror.example/debian-security/' },
  isReproducible: false,
  hasPreseedFile: false,
};

/** A new directory with these files (`path: text`, or `path: ['link', target]`), gone when the test ends. */
export async function makeTree(files: Readonly<Record<string, string | readonly ['link', string]>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'livewright-config-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    if (typeof content === 'string') await writeFile(join(directory, path), content);
    else await symlink(content[1], join(directory, path));
  }
  return directory;
}

/** The configuration of a tree, with the command line of `lb config` in one string without quotes. */
export async function configOf(directory: string, commandLine = '', env: Record<string, string> = {}) {
  return resolveConfig({ directory, argv: commandLine.split(' ').filter(Boolean), env, host });
}

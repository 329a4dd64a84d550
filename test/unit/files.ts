import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fallbackMirrors } from '../../src/config/hostMirrors.ts';

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Paths, below the project's root, of all files that are or could be committed. */
export function listProjectFiles(): string[] {
  const options = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', options, { cwd: projectRoot, encoding: 'utf8', maxBuffer: 1 << 26 });
  return listed.split('\0').filter((path) => path !== '' && isFile(join(projectRoot, path)));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/**
 * Host names in apt's sources and npm's settings of the machine that runs the tests, except those that Livewright itself
 * falls back to on a machine without apt sources.
 */
export function listArchiveHosts(): string[] {
  const npm = spawnSync('npm', ['config', 'get', 'registry'], { cwd: projectRoot, encoding: 'utf8' });
  const texts = [...aptSourceFiles().map((path) => readFileSync(path, 'utf8')), npm.stdout ?? ''];
  const known = new Set(Object.values(fallbackMirrors).flatMap((uri) => listHosts(uri)));
  return [...new Set(texts.flatMap(listHosts))].filter((host) => !known.has(host));
}

function aptSourceFiles(): string[] {
  const directory = '/etc/apt/sources.list.d';
  const names = existsSync(directory) ? readdirSync(directory).filter((name) => /\.(list|sources)$/.test(name)) : [];
  return ['/etc/apt/sources.list', ...names.map((name) => join(directory, name))].filter(isFile);
}

/** Host names of the addresses in `text`, leaving out lines that are comments. */
export function listHosts(text: string): string[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const addresses = lines.flatMap((line) => line.match(/\bhttps?:\/\/[^\s"']+/g) ?? []);
  return addresses.flatMap((address) => (URL.canParse(address) ? [new URL(address).hostname] : []));
}

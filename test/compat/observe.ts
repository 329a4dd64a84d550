import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What a configuration tree is, for the comparison: facts by name. */
export type Facts = ReadonlyMap<string, string>;

const optionFiles = ['common', 'bootstrap', 'chroot', 'binary', 'source'].map((name) => `config/${name}`);

/** The option files as sh reads them, `variable NAME`, and every other path with what it is and holds, `path PATH`. */
export function observeTree(directory: string, stockHooks: readonly string[]): Facts {
  return new Map([...observeVariables(directory), ...observePaths(directory, stockHooks)]);
}

function observeVariables(directory: string): [string, string][] {
  const files = optionFiles.filter((path) => isFile(join(directory, path)));
  const texts = files.map((path) => readFileSync(join(directory, path), 'utf8'));
  const names = [
    ...new Set(texts.flatMap((text) => [...text.matchAll(/^([A-Z_a-z0-9]+)=/gm)].map((match) => match[1]!))),
  ];
  const show = names.map((name) => `printf '%s\\0' "\${${name}-UNSET}"`);
  const script = [...files.map((path) => `. ./${path}`), ...show].join('\n');
  const { stdout, stderr, status } = spawnSync('sh', ['-ec', script], { cwd: directory, encoding: 'utf8', env: {} });
  if (status !== 0 || stderr !== '') return [['option files', 'sh cannot read them']];
  const values = stdout.split('\0');
  // Switches of one run stand there as comments.
  const comments = texts.flatMap((text) => [...text.matchAll(/^#(_[A-Z]+)="(.*)"$/gm)]);
  return [
    ...names.map((name, index): [string, string] => [`variable ${name}`, values[index] ?? '']),
    ...comments.map(([, name, value]): [string, string] => [`comment ${name}`, value ?? '']),
  ];
}

function observePaths(directory: string, stockHooks: readonly string[]): [string, string][] {
  return walk(directory, '')
    .filter((path) => !optionFiles.includes(path))
    .map((path) => [`path ${path}`, describe(join(directory, path), stockHooks)]);
}

/** Every path, links not followed; of a repository only that it is there. */
function walk(directory: string, below: string): string[] {
  const entries = readdirSync(join(directory, below), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(below, entry.name);
    return entry.isDirectory() && path !== '.git' ? [path, ...walk(directory, path)] : [path];
  });
}

function describe(path: string, stockHooks: readonly string[]): string {
  const found = lstatSync(path);
  if (found.isDirectory()) return 'directory';
  if (found.isSymbolicLink()) {
    const target = readlinkSync(path);
    const stock = stockHooks.find((directory) => target.startsWith(directory));
    return `link to ${stock === undefined ? target : target.replace(stock, 'STOCK')}`;
  }
  return `file: ${readFileSync(path, 'utf8')}`;
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { configFiles } from './optionFiles.ts';

const textDirectories = ['package-lists', 'apt', 'preseed', 'rootfs'].map((name) => `config/${name}`);

/** Prints the configuration for a bug report: option files, short text files, and a list of all others. */
export async function dumpTree(directory: string, print: (text: string) => void): Promise<void> {
  const listed = await Promise.all(textDirectories.map((path) => listFiles(directory, path)));
  for (const path of [...configFiles, ...listed.flat()]) {
    const text = await readPlainFile(join(directory, path));
    if (text !== undefined) print(`==> ${path} <==\n${text.replace(/\n*$/, '\n')}\n`);
  }
  const all = await orIfAbsent(readdir(join(directory, 'config'), { recursive: true }), []);
  for (const path of all.sort()) print(`config/${path}\n`);
}

async function listFiles(directory: string, path: string): Promise<string[]> {
  const names = await orIfAbsent(readdir(join(directory, path)), []);
  return names.sort().map((name) => `${path}/${name}`);
}

async function readPlainFile(path: string): Promise<string | undefined> {
  const found = await orIfAbsent(lstat(path), undefined);
  return found?.isFile() ? readFile(path, 'utf8') : undefined;
}

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Sources } from './imports.ts';

const src = fileURLToPath(new URL('../../src/', import.meta.url));

/** The product's TypeScript files; tests and their helpers have other rules. */
export function readSources(): Sources {
  const paths = readdirSync(src, { recursive: true, encoding: 'utf8' });
  const isProduct = (path: string) => /\.ts$/.test(path) && !/\.(test|testing)\.ts$/.test(path);
  return new Map(paths.filter(isProduct).map((path) => [path, readFileSync(src + path, 'utf8')]));
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8').replaceAll('\\', '');

/** Names of tests and files in the last column of the pages that say what is shown, each with the text that must have it. */
interface Named {
  readonly where: string;
  readonly name: string;
}

const pages = ['coverage.md', 'coverage-build.md'];

/** In a cell, `path.test.ts` (or `compat:`, `full:`) says where the names behind it are. */
function namesIn(cell: string): Named[] {
  const found: Named[] = [];
  let where = '';
  for (const [, kind, word = ''] of cell.matchAll(/(compat|full): |`([^`]+)`/g)) {
    if (kind !== undefined) where = kind;
    else if (/\.test\.ts$/.test(word)) where = word;
    else found.push({ where, name: word });
    if (/\.test\.ts$/.test(word)) found.push({ where: word, name: '' });
  }
  return found;
}

const cells = (page: string): string[] =>
  read(`docs/${page}`)
    .split('\n')
    .filter((line) => /^\| (?!item |---)/.test(line))
    .map((line) => line.split(' | ').at(-1) ?? '');

const pathOf = (where: string): string => (where.startsWith('test/') ? where : `src/${where}`);
const rows = readdirSync(new URL('test/compat/rows/', root));

function isThere({ where, name }: Named): boolean {
  if (where === 'full') return existsSync(new URL(`test/full/trees/${name}`, root));
  if (where === 'compat' && name.endsWith('.ts')) return rows.includes(name);
  if (where !== 'compat' && !existsSync(new URL(pathOf(where), root))) return false;
  const text = where === 'compat' ? rows.map((file) => read(`test/compat/rows/${file}`)).join() : read(pathOf(where));
  return name
    .split('...')
    .map((part) => part.trim())
    .every((part) => text.includes(part));
}

test.each(pages)('what docs/%s names as proof is there', (page) => {
  const named = cells(page).flatMap(namesIn);
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((one) => !isThere(one))).toEqual([]);
});

test('a name that is not there is found', () => {
  const cell = '`config/hooks.test.ts`: `no such name ...`; `no/such.test.ts`; compat: `nothing at all`, full: `none`';
  const missing = namesIn(cell).filter((one) => !isThere(one));
  expect(missing.map(({ name }) => name)).toEqual(['no such name ...', '', 'none']);
});

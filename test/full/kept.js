import { existsSync, readFileSync } from 'node:fs';

/**
 * What docs/full-builds.md says of trees that have no newer result: their rows as they stand, and the rows of reasons that
 * name them, each with those trees alone. `names` of these cannot be told apart by tree any more.
 * @param {string} file @param {readonly string[]} trees
 * @returns {{ rows: { name: string, line: string }[], reasons: string[] }}
 */
export function readKept(file, trees) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const cells = lines.filter((line) => line.startsWith('| ')).map((line) => line.slice(2, -2).split(' | '));
  const rows = cells.flatMap((row) => {
    const name = /^`(.*)`$/.exec(row[0] ?? '')?.[1];
    return name !== undefined && row.length === 8 && trees.includes(name)
      ? [{ name, line: `| ${row.join(' | ')} |` }]
      : [];
  });
  const reasons = cells.flatMap((row) => {
    const named = row.length === 4 ? (row[3] ?? '').split(', ').filter((name) => trees.includes(name)) : [];
    return named.length > 0 ? [`| ${row.slice(0, 3).join(' | ')} | ${named.join(', ')} |`] : [];
  });
  return { rows, reasons };
}

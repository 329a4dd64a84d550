import type { TreeRecord } from './treeWriter.ts';

/**
 * The text of a tree, one line per path in byte order, fields separated by tabs:
 *
 *     directory  MODE  PATH
 *     file       MODE  SIZE  SHA256  PATH
 *     symlink    TARGET  PATH
 *
 * Modes are octal. In paths and targets tab, newline and backslash are written `\t`, `\n`, `\\`. Two writers of the
 * same files give the same text, whatever order they wrote in.
 */
export function formatManifest(records: ReadonlyMap<string, TreeRecord>): string {
  const lines = [...records]
    .map(([path, record]) => ({ key: Buffer.from(path), line: formatRecord(path, record) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  return lines.map(({ line }) => `${line}\n`).join('');
}

function formatRecord(path: string, record: TreeRecord): string {
  return [...factsOf(record), escapeName(path)].join('\t');
}

function factsOf(record: TreeRecord): readonly string[] {
  switch (record.type) {
    case 'directory':
      return ['directory', octal(record.mode)];
    case 'file':
      return ['file', octal(record.mode), String(record.sizeBytes), record.sha256];
    case 'symlink':
      return ['symlink', escapeName(record.target)];
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function escapeName(name: string): string {
  return name.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');
}

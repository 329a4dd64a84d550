import { type Image, listImage, readPieces, walk, withImage } from '../squashfs/index.ts';

/** What is compared of a file of the system. */
export interface RootFile {
  readonly kind: string;
  /** In octal, as `ls` shows them: `rwxr-xr-x`. */
  readonly mode: string;
  /**
   * By name where the system has one: numbers are given when a package is configured, and of two that do not need one another apt may
   * take either first.
   */
  readonly owner: string;
  /** Of files; null where the list does not tell. */
  readonly sizeBytes: number | null;
  readonly target: string;
}

/** Path without leading slash -> file. */
export type RootFiles = ReadonlyMap<string, RootFile>;

/** The files of a system image. */
export async function readSystemImage(path: string): Promise<RootFiles> {
  const files = new Map<string, RootFile>();
  await withImage(path, async (image) => {
    const { users, groups } = await readNames(image);
    for await (const entry of listImage(image)) {
      files.set(entry.path.replace(/^\/+/, ''), {
        kind: entry.kind,
        mode: entry.mode.toString(8).padStart(4, '0'),
        owner: `${users.get(entry.uid) ?? entry.uid}:${groups.get(entry.gid) ?? entry.gid}`,
        sizeBytes: entry.kind === 'file' ? entry.sizeBytes : null,
        target: entry.target ?? '',
      });
    }
  });
  return files;
}

interface Names {
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
}

async function readNames(image: Image): Promise<Names> {
  const texts = new Map<string, string>();
  for await (const { path, inode } of walk(image)) {
    if (!['etc/passwd', 'etc/group'].includes(path) || inode.kind !== 'file') continue;
    let text = '';
    for await (const piece of readPieces(image, inode)) if ('bytes' in piece) text += piece.bytes.toString('latin1');
    texts.set(path, text);
    if (texts.size === 2) break;
  }
  return { users: namesOf(texts.get('etc/passwd') ?? ''), groups: namesOf(texts.get('etc/group') ?? '') };
}

/** Name by number. passwd(5), group(5): `NAME:x:NUMBER:...`; of two names for a number the first counts, as it does for `ls`. */
function namesOf(text: string): Map<number, string> {
  const rows = text.split('\n').map((line) => line.split(':'));
  return new Map(rows.toReversed().map(([name = '', , number]) => [Number(number), name]));
}

const kinds: Readonly<Record<string, string>> = {
  '-': 'file',
  d: 'directory',
  l: 'symlink',
  b: 'block-device',
  c: 'character-device',
  p: 'fifo',
  s: 'socket',
};

/**
 * The files of `ls -lR` of a root, as `live-image-ARCH.files` has it: a directory's name with a colon, then its entries.
 * The first directory named is the root. Owners are names and not numbers, so they are left out.
 */
export function parseListing(text: string): RootFiles {
  const files = new Map<string, RootFile>();
  let root: string | undefined;
  let directory = '';
  for (const line of text.split('\n')) {
    const entry = parseEntry(line);
    const heading = entry === undefined ? /^(\S.*):$/.exec(line)?.[1] : undefined;
    if (heading !== undefined) {
      root ??= heading;
      directory = heading === root ? '' : `${heading.slice(root.length).replace(/^\//, '')}/`;
    } else if (entry !== undefined) files.set(`${directory}${entry.name}`, entry.file);
  }
  return files;
}

// mode, links, owner, group, size or device numbers, then `Nov 24 10:01`, `Nov 24  2025` or `2026-11-24 10:01`.
const row =
  /^([-dlbcps])(\S{9})\S*\s+\d+\s+\S+\s+\S+\s+(\d+|\d+,\s*\d+)\s+(?:[A-Z][a-z]{2}\s+\d+\s+[\d:]+|[\d-]+ [\d:]+) (.*)$/;

function parseEntry(line: string): { readonly name: string; readonly file: RootFile } | undefined {
  const [, letter = '', mode = '', size = '', rest = ''] = row.exec(line) ?? [];
  if (letter === '') return undefined;
  const [name = '', target = ''] = letter === 'l' ? rest.split(' -> ') : [rest];
  const sizeBytes = letter === '-' ? Number(size) : null;
  return { name, file: { kind: kinds[letter] ?? letter, mode: octal(mode), owner: '', sizeBytes, target } };
}

/** `rwsr-xr-x` as 4755. */
function octal(text: string): string {
  const triple = (at: number): number => {
    const bits = [...text.slice(at, at + 3)].map((letter) => !/[-ST]/.test(letter));
    return (bits[0] ? 4 : 0) + (bits[1] ? 2 : 0) + (bits[2] ? 1 : 0);
  };
  const special = [
    /s/i.test(text[2] ?? '') ? 4 : 0,
    /s/i.test(text[5] ?? '') ? 2 : 0,
    /t/i.test(text[8] ?? '') ? 1 : 0,
  ];
  return `${special.reduce((sum, bit) => sum + bit, 0)}${triple(0)}${triple(3)}${triple(6)}`;
}

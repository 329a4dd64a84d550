/**
 * The manifest of a layer: one JSON array a line, sorted by path (bytes), so that equal layers have equal text and the
 * text's SHA-256 names the layer.
 *
 * `[path, type, mode, uid, gid, mtime, size, content, xattrs?]`: `type` is one of f d l c b p s w (w: overlay whiteout),
 * `mtime` in seconds, `content` the SHA-256 of a file, the target of a link, `major:minor` of a device, or for the
 * second and later names of a hard link `=first/path`; `xattrs` a map of name to value in hex.
 */
export interface ManifestEntry {
  /** Relative to the layer's root, without leading slash; the root itself is ".". */
  readonly path: string;
  readonly type: 'f' | 'd' | 'l' | 'c' | 'b' | 'p' | 's' | 'w';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
  readonly sizeBytes: number;
  readonly content: string;
  readonly xattrs?: Readonly<Record<string, string>>;
}

export function writeManifest(entries: readonly ManifestEntry[]): string {
  const sorted = entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  return sorted.map((entry) => `${JSON.stringify(toRow(entry))}\n`).join('');
}

function toRow(entry: ManifestEntry): unknown[] {
  const { path, type, mode, uid, gid, mtimeSeconds, sizeBytes, content, xattrs } = entry;
  const row: unknown[] = [path, type, mode.toString(8), uid, gid, mtimeSeconds, sizeBytes, content];
  if (xattrs !== undefined && Object.keys(xattrs).length > 0) row.push(xattrs);
  return row;
}

export function parseManifest(text: string): ManifestEntry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [path, type, mode, uid, gid, mtimeSeconds, sizeBytes, content, xattrs] = JSON.parse(line);
      const entry = { path, type, mode: Number.parseInt(mode, 8), uid, gid, mtimeSeconds, sizeBytes, content };
      return xattrs === undefined ? entry : { ...entry, xattrs };
    });
}

/** The entries of the manifest's directory `inner`, with paths relative to it, also where a hard link's first name is; empty: all. */
export function entriesBelow(text: string, inner: string): ManifestEntry[] {
  const entries = parseManifest(text);
  if (inner === '') return entries;
  const contents = new Map(entries.map(({ path, content }) => [path, content]));
  const inside = (path: string) => path.slice(inner.length + 1);
  const isInside = (path: string) => path.startsWith(`${inner}/`);
  return entries.flatMap((entry) => {
    if (entry.path === inner) return [{ ...entry, path: '.' }];
    if (!isInside(entry.path)) return [];
    const first = entry.type === 'f' && entry.content.startsWith('=') ? entry.content.slice(1) : undefined;
    const content = first === undefined ? entry.content : isInside(first) ? `=${inside(first)}` : contents.get(first);
    return [{ ...entry, path: inside(entry.path), content: content ?? entry.content }];
  });
}

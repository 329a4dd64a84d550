import type { RunTool } from '../sandbox/types.ts';

export type Xattrs = Readonly<Record<string, string>>;

/**
 * Overlayfs's notes to itself (Documentation/filesystems/overlayfs.rst): where a copy came from, in handles of this
 * very file system. They mean nothing elsewhere, and would make equal layers differ.
 */
const notes = ['user.overlay.origin', 'user.overlay.impure', 'user.overlay.uuid'];

const script = `
find . -print0 >/tmp/paths
for name; do xargs -0 setfattr --no-dereference --remove="$name" </tmp/paths 2>/dev/null; done
exec getfattr --recursive --physical --no-dereference --dump --match=- --encoding=hex .
`;

/**
 * Removes overlayfs's notes below `directory`, and gives the extended attributes that are left, by path relative to
 * it; values in hex. Node has no call for either.
 */
export async function settleXattrs(directory: string, runTool: RunTool): Promise<Map<string, Xattrs>> {
  const { stdout } = await runTool({
    argv: ['sh', '-c', script, 'xattrs', ...notes],
    binds: [{ source: directory, target: '/in', writable: true }],
    cwd: '/in',
  });
  return parseGetfattr(stdout);
}

/** Parses getfattr(1) `--dump --encoding=hex`: `# file: PATH`, then `name=0xHEX` lines, then an empty line. */
export function parseGetfattr(text: string): Map<string, Xattrs> {
  const found = new Map<string, Xattrs>();
  for (const paragraph of text.split('\n\n')) {
    const [head = '', ...lines] = paragraph.trim().split('\n');
    if (!head.startsWith('# file: ')) continue;
    const attributes: Record<string, string> = {};
    for (const line of lines.toSorted()) {
      const [, name, value] = /^([^=]+)=(?:0x)?(.*)$/.exec(line) ?? [];
      if (name !== undefined) attributes[name] = value ?? '';
    }
    found.set(unescapePath(head.slice('# file: '.length)), attributes);
  }
  return found;
}

/** getfattr writes unusual bytes of a path as backslash and three octal digits. */
function unescapePath(text: string): string {
  const bytes = Buffer.from(text).toString('latin1');
  const plain = bytes.replaceAll(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
  return Buffer.from(plain, 'latin1').toString();
}

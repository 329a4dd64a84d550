import type { RunTool } from '../sandbox/types.ts';

export type Xattrs = Readonly<Record<string, string>>;

/** Extended attributes of everything below `directory`, by path relative to it; values in hex. Node cannot read them itself. */
export async function readXattrs(directory: string, runTool: RunTool): Promise<Map<string, Xattrs>> {
  const { stdout } = await runTool({
    argv: ['getfattr', '--recursive', '--physical', '--no-dereference', '--dump', '--match=-', '--encoding=hex', '.'],
    binds: [{ source: directory, target: '/in' }],
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
  if (!text.includes('\\')) return text;
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const octal = /^\\([0-7]{3})/.exec(text.slice(index, index + 4));
    if (octal?.[1] !== undefined) {
      bytes.push(Number.parseInt(octal[1], 8));
      index += 3;
    } else bytes.push(...Buffer.from(text[index] ?? ''));
  }
  return Buffer.from(bytes).toString();
}

/** Writers of small archives for tests: honest ones and such as no tool would make. */

export interface TarMember {
  readonly path: string;
  readonly flag?: string;
  readonly body?: string | Buffer;
  readonly linkTarget?: string;
  readonly mode?: number;
  readonly prefix?: string;
  /** Overrides the size field. */
  readonly size?: string;
}

export function tarOf(members: readonly TarMember[]): Buffer {
  return Buffer.concat([...members.map(tarMember), Buffer.alloc(1024)]);
}

export function tarMember(member: TarMember): Buffer {
  const body = Buffer.from(member.body ?? '');
  const block = Buffer.alloc(512);
  block.write(member.path, 0, 100);
  block.write(`${(member.mode ?? 0o644).toString(8).padStart(7, '0')}\0`, 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(member.size ?? `${body.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  block.write('00000001750\0', 136);
  block.write('        ', 148);
  block.write(member.flag ?? '0', 156);
  block.write(member.linkTarget ?? '', 157, 100);
  block.write('ustar\x0000', 257);
  block.write(member.prefix ?? '', 345);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([block, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** The body of a PAX header. */
export function paxBody(records: Readonly<Record<string, string>>): string {
  return Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      let length = Buffer.byteLength(rest) + 1;
      while (Buffer.byteLength(`${length}${rest}`) !== length) length++;
      return `${length}${rest}`;
    })
    .join('');
}

export function arOf(members: readonly (readonly [name: string, body: Buffer | string])[]): Buffer {
  const parts = members.map(([name, content]) => {
    const body = Buffer.from(content);
    const numbers = `${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}`;
    const header = `${name.padEnd(16)}${numbers}${String(body.length).padEnd(10)}\`\n`;
    return Buffer.concat([Buffer.from(header), body, Buffer.alloc(body.length % 2, '\n')]);
  });
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}

/** A binary package with `data` under the given member name. */
export function debOf(data: Buffer, dataName = 'data.tar'): Buffer {
  return arOf([
    ['debian-binary', '2.0\n'],
    ['control.tar', tarOf([])],
    [dataName, data],
  ]);
}

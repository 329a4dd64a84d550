import type { FileHandle } from 'node:fs/promises';
import { LivewrightError } from '../errors.ts';

/** A file inside an `ar` archive. */
export interface ArMember {
  readonly name: string;
  /** Where its content starts in the archive. */
  readonly offset: number;
  readonly sizeBytes: number;
}

const MAGIC = '!<arch>\n';
const HEADER_BYTES = 60;

/**
 * Lists the members of an `ar` archive as deb(5) uses it: names up to 16 characters, no symbol tables. Each header is
 * name 16, mtime 12, uid 6, gid 6, mode 8 (octal), size 10 (decimal), "`\n"; content is padded to even offsets.
 * Throws ARCHIVE_FORMAT with the offset.
 */
export async function listArMembers(file: FileHandle, path: string): Promise<readonly ArMember[]> {
  const { size } = await file.stat();
  if ((await readText(file, 0, MAGIC.length)) !== MAGIC) throw refuse(path, 0, 'it does not start with "!<arch>"');
  const members: ArMember[] = [];
  for (let offset = MAGIC.length; offset < size; ) {
    const member = parseHeader(await readText(file, offset, HEADER_BYTES), path, offset);
    const end = member.offset + member.sizeBytes;
    if (end > size) throw refuse(path, offset, `member "${member.name}" ends behind the end of the file`);
    members.push(member);
    offset = end + (end % 2);
  }
  return members;
}

function parseHeader(header: string, path: string, offset: number): ArMember {
  const size = header.slice(48, 58).trimEnd();
  if (header.length !== HEADER_BYTES || !header.endsWith('`\n') || !/^\d+$/.test(size)) {
    throw refuse(path, offset, 'there is no member header');
  }
  // GNU ar ends names with a slash; dpkg-deb does not.
  const name = header.slice(0, 16).trimEnd().replace(/\/$/, '');
  return { name, offset: offset + HEADER_BYTES, sizeBytes: Number(size) };
}

async function readText(file: FileHandle, position: number, length: number): Promise<string> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.toString('latin1', 0, bytesRead);
}

function refuse(path: string, offset: number, why: string): LivewrightError {
  return new LivewrightError('ARCHIVE_FORMAT', {
    message: `${path} is not an ar archive we can read: at byte ${offset}, ${why}.`,
    place: { path },
    data: { path, offset },
  });
}

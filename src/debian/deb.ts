import { open } from 'node:fs/promises';
import { LivewrightError, systemErrorCode } from '../errors.ts';
import { type ArMember, listArMembers } from './ar.ts';
import { type Compression, compressionOf, readDecompressed } from './decompress.ts';
import { diskFull, interrupted } from './httpErrors.ts';
import { createTarReader, normalisePath, type TarEntry, type TarSink } from './tar.ts';
import type { TreeWriter } from './treeWriter.ts';

export interface UnpackOptions {
  /** Leaves out the paths (relative) for which it is true. */
  readonly exclude?: ((path: string) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Unpacks the data of the binary package at `path` as plain files of the current user: no owners, no set-id bits, no
 * devices, no maintainer scripts. `writer` keeps everything below its root (see there), and records what was written.
 * Throws ARCHIVE_FORMAT, NOT_SUPPORTED or DISK_FULL.
 */
export async function unpackDeb(path: string, writer: TreeWriter, options: UnpackOptions = {}): Promise<void> {
  const { member, compression } = await findMember(path, 'data.tar');
  const range = { path, offset: member.offset, sizeBytes: member.sizeBytes };
  const reader = createTarReader(`${path}:${member.name}`, (entry) => writeEntry(entry, writer, path, options));
  try {
    for await (const chunk of readDecompressed(range, compression)) {
      if (options.signal?.aborted) throw interrupted(options.signal.reason);
      reader.push(chunk);
    }
    reader.end();
  } catch (error) {
    throw systemErrorCode(error) === 'ENOSPC' ? diskFull(path, error) : error;
  }
}

const MAX_CONTROL_BYTES = 1 << 20;

/**
 * The text of `control` in the binary package at `path`: its stanza in an index, but for Filename, Size and hashes.
 * Throws ARCHIVE_FORMAT or NOT_SUPPORTED.
 */
export async function readControl(path: string): Promise<string> {
  const control = (await readControlFiles(path, (name) => name === 'control')).get('control');
  if (control === undefined) throw refuse(path, 'it has no control file');
  return control.toString('utf8');
}

/** The files beside `control` (`postinst`, `templates`) whose names are wanted. Throws ARCHIVE_FORMAT or NOT_SUPPORTED. */
export async function readControlFiles(
  path: string,
  isWanted: (name: string) => boolean,
): Promise<Map<string, Buffer>> {
  const { member, compression } = await findMember(path, 'control.tar');
  const range = { path, offset: member.offset, sizeBytes: member.sizeBytes };
  const chunks = new Map<string, Buffer[]>();
  const reader = createTarReader(`${path}:${member.name}`, (entry): TarSink | undefined => {
    if (entry.type !== 'file' || !isWanted(entry.path)) return undefined;
    if (entry.sizeBytes > MAX_CONTROL_BYTES) throw refuse(path, 'its control file is too large', entry.offset);
    const parts: Buffer[] = [];
    chunks.set(entry.path, parts);
    return { write: (bytes) => void parts.push(Buffer.from(bytes)), close: () => undefined };
  });
  for await (const chunk of readDecompressed(range, compression)) reader.push(chunk);
  reader.end();
  return new Map([...chunks].map(([name, parts]) => [name, Buffer.concat(parts)]));
}

/** deb(5): `debian-binary` first, then `control.tar*`, then `data.tar*`; names with `_` in front may stand between. */
async function findMember(
  path: string,
  stem: 'control.tar' | 'data.tar',
): Promise<{ readonly member: ArMember; readonly compression: Compression }> {
  const file = await open(path);
  try {
    const members = await listArMembers(file, path);
    const member = members.find(({ name }) => name.startsWith(stem));
    if (members[0]?.name !== 'debian-binary' || member === undefined) {
      throw refuse(path, `it is not a Debian package: "debian-binary" or "${stem}" is missing`);
    }
    const compression = compressionOf(member.name.slice(stem.length));
    if (compression === undefined) throw refuse(path, `its member "${member.name}" has an unknown compression`);
    return { member, compression };
  } finally {
    await file.close();
  }
}

function writeEntry(entry: TarEntry, writer: TreeWriter, archive: string, options: UnpackOptions): TarSink | undefined {
  if (entry.path !== '' && options.exclude?.(entry.path)) return undefined;
  try {
    return write(entry, writer);
  } catch (error) {
    if (systemErrorCode(error) !== undefined || !(error instanceof Error)) throw error;
    throw refuse(archive, error.message, entry.offset);
  }
}

function write(entry: TarEntry, writer: TreeWriter): TarSink | undefined {
  switch (entry.type) {
    case 'directory':
      writer.directory(entry.path, entry.mode);
      return undefined;
    case 'file':
      return writer.file(entry.path, entry);
    case 'symlink':
      writer.symlink(entry.path, entry.linkTarget);
      return undefined;
    case 'hardlink':
      writer.hardLink(entry.path, normalisePath(entry.linkTarget));
      return undefined;
    default:
      return undefined;
  }
}

function refuse(path: string, why: string, offset = 0): LivewrightError {
  return new LivewrightError('ARCHIVE_FORMAT', {
    message: `${path} cannot be unpacked: ${why}.`,
    place: { path },
    data: { path, offset },
  });
}

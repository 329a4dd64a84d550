import { LivewrightError } from '../errors.ts';
import { BLOCK_BYTES, parsePaxRecords, parseTarHeader, type TarHeader, type TarType, typeOfFlag } from './tarHeader.ts';

export interface TarEntry extends Omit<TarHeader, 'flag' | 'path'> {
  readonly type: TarType;
  /** Relative, without `.` and empty parts; empty for the root itself. Never with `..`. */
  readonly path: string;
  /** Where the entry's header starts in the (uncompressed) archive. */
  readonly offset: number;
}

/** Receives the content of one file. */
export interface TarSink {
  /** The bytes are valid only during the call. */
  write(bytes: Buffer): void;
  close(): void;
}

/** Called for each entry; gives where a file's content goes, or undefined to skip it. */
export type OnTarEntry = (entry: TarEntry) => TarSink | undefined;

export interface TarReader {
  push(bytes: Buffer): void;
  /** Must be called after the last bytes: refuses an archive cut short. */
  end(): void;
}

const MAX_HEADER_BYTES = 1 << 20;

/** Long names and PAX records that belong to the next entry. */
interface Pending {
  path?: string;
  linkTarget?: string;
  records?: ReadonlyMap<string, string>;
}

/**
 * Reads a tar archive (ustar, GNU long names, PAX) as its bytes come. Calls are synchronous, so a file's content is
 * never held back. Throws ARCHIVE_FORMAT with the offset; `name` names the archive in it.
 */
export function createTarReader(name: string, onEntry: OnTarEntry): TarReader {
  const block = Buffer.alloc(BLOCK_BYTES);
  let blockFilled = 0;
  let offset = 0;
  /** Content bytes still to come, and padding behind them. */
  let contentLeft = 0;
  let paddingLeft = 0;
  let sink: TarSink | undefined;
  let pending: Pending = {};
  let isEnded = false;

  function readHeader(): void {
    const start = offset - BLOCK_BYTES;
    const header = guard(start, () => parseTarHeader(block));
    if (header === undefined) {
      isEnded = true;
      return;
    }
    const meta = metaSink(header, start);
    const entry = meta === undefined ? toEntry(header, start) : undefined;
    contentLeft = entry?.type === 'file' ? entry.sizeBytes : meta === undefined ? 0 : header.sizeBytes;
    paddingLeft = (BLOCK_BYTES - (contentLeft % BLOCK_BYTES)) % BLOCK_BYTES;
    if (entry !== undefined) pending = {};
    sink = entry === undefined ? meta : onEntry(entry);
    if (contentLeft === 0) finishContent();
  }

  /** Collects the body of a header that only describes the next entry. */
  function metaSink(header: TarHeader, start: number): TarSink | undefined {
    if (!['L', 'K', 'x', 'g'].includes(header.flag)) return undefined;
    if (header.sizeBytes > MAX_HEADER_BYTES) throw refuse(start, 'its header is larger than 1 MiB');
    const chunks: Buffer[] = [];
    return {
      write: (bytes) => void chunks.push(Buffer.from(bytes)),
      close: () => guard(start, () => takeMeta(header.flag, Buffer.concat(chunks))),
    };
  }

  function takeMeta(flag: string, body: Buffer): void {
    const text = () => body.toString('utf8').replace(/\0.*$/s, '');
    if (flag === 'L') pending.path = text();
    else if (flag === 'K') pending.linkTarget = text();
    else if (flag === 'x') pending.records = parsePaxRecords(body);
    // `g`, defaults for the whole archive: Debian packages have none, git archives put only a comment there.
  }

  function toEntry(header: TarHeader, start: number): TarEntry {
    const type = typeOfFlag.get(header.flag);
    if (type === undefined) throw refuse(start, `entries of type "${header.flag}" are not known`);
    const { flag: _, ...rest } = header;
    const entry = guard(start, () => withPending(rest, pending));
    const sizeBytes = type === 'file' ? entry.sizeBytes : 0;
    return { ...entry, type, sizeBytes, path: guard(start, () => normalisePath(entry.path)), offset: start };
  }

  function finishContent(): void {
    const done = sink;
    sink = undefined;
    done?.close();
  }

  function guard<T>(start: number, action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw error instanceof Error && !(error instanceof LivewrightError) ? refuse(start, error.message) : error;
    }
  }

  function refuse(at: number, why: string): LivewrightError {
    return new LivewrightError('ARCHIVE_FORMAT', {
      message: `The tar archive ${name} cannot be read: at byte ${at}, ${why}.`,
      place: { path: name },
      data: { path: name, offset: at },
    });
  }

  /** Uses up some of `bytes` and gives how many. */
  function step(bytes: Buffer): number {
    if (contentLeft > 0) {
      const part = bytes.subarray(0, contentLeft);
      sink?.write(part);
      contentLeft -= part.length;
      offset += part.length;
      if (contentLeft === 0) finishContent();
      return part.length;
    }
    if (paddingLeft > 0) {
      const skipped = Math.min(paddingLeft, bytes.length);
      paddingLeft -= skipped;
      offset += skipped;
      return skipped;
    }
    const copied = bytes.copy(block, blockFilled, 0, BLOCK_BYTES - blockFilled);
    blockFilled += copied;
    offset += copied;
    if (blockFilled === BLOCK_BYTES) {
      blockFilled = 0;
      readHeader();
    }
    return copied;
  }

  return {
    push(bytes) {
      // What follows the block of zeros is padding.
      for (let at = 0; at < bytes.length && !isEnded; ) at += step(bytes.subarray(at));
    },
    end() {
      if (!isEnded && (blockFilled > 0 || contentLeft > 0 || paddingLeft > 0 || offset === 0)) {
        throw refuse(offset, 'it ends in the middle of an entry');
      }
    },
  };
}

/** Puts in what PAX records and GNU long names say; PAX wins. */
function withPending(header: Omit<TarHeader, 'flag'>, pending: Pending): Omit<TarHeader, 'flag'> {
  const records = pending.records ?? new Map<string, string>();
  if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) throw new Error('it is a sparse file');
  const number = (key: string, other: number): number => {
    const text = records.get(key);
    if (text === undefined) return other;
    const value = Math.floor(Number(text));
    if (!Number.isSafeInteger(value)) throw new Error(`its ${key} "${text}" is not a number`);
    return value;
  };
  return {
    ...header,
    path: records.get('path') ?? pending.path ?? header.path,
    linkTarget: records.get('linkpath') ?? pending.linkTarget ?? header.linkTarget,
    sizeBytes: number('size', header.sizeBytes),
    mtimeSeconds: number('mtime', header.mtimeSeconds),
    uid: number('uid', header.uid),
    gid: number('gid', header.gid),
  };
}

/** `./usr//bin/` becomes `usr/bin`. Throws on a path that leads out of the tree or is not a path. */
export function normalisePath(path: string): string {
  if (path.includes('\0')) throw new Error('its name holds a zero byte');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new Error(`the path "${path}" leads out of the tree`);
  return parts.join('/');
}

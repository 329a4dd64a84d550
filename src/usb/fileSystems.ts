import { mkdir, open, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeUuid } from './layout.ts';
import { MIB } from './sizes.ts';
import { runStickTool, type StickTools } from './stickTools.ts';

export interface FileSystemWish {
  /** The file it is made in, below the scratch directory; it must not exist yet. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly label: string;
  /** What its ids are made of. */
  readonly seed: string;
  /** No time in it is another one. */
  readonly epochSeconds: number;
}

const BLOCK_BYTES = 4096;

/** An ext4 file system and little more: its journal, and some room. */
export const LEAST_PERSISTENCE_BYTES = 64 * MIB;

/** Below this the journal has the size that mke2fs gives it; above, more would only take longer to write. */
const LARGEST_JOURNAL_MIB = 64;

/**
 * An ext4 file system with nothing in it but `persistence.conf`, as a sparse file: each block that counts, also one of zeros,
 * has been written (UNIX_IO_NOZEROOUT, `nodiscard`), and no other, so that its data extents are all that a stick needs.
 * Features that e2fsck of Debian 11 does not know are left out: the stick may be repaired by an older system.
 */
export async function makePersistence(tools: StickTools, wish: FileSystemWish): Promise<void> {
  const { path, sizeBytes, label, seed, epochSeconds } = wish;
  const tree = join(tools.scratch, 'persistence');
  await mkdir(tree, { mode: 0o755, recursive: true });
  await writeFile(join(tree, 'persistence.conf'), '/ union\n', { mode: 0o644 });
  for (const at of [join(tree, 'persistence.conf'), tree]) await utimes(at, epochSeconds, epochSeconds);
  await makeSparse(path, sizeBytes);
  const journal = sizeBytes >= 2048 * MIB ? ['-J', `size=${LARGEST_JOURNAL_MIB}`] : [];
  const uuid = makeUuid(`${seed} file system`);
  const extended = `hash_seed=${makeUuid(`${seed} directories`)},root_owner=0:0,nodiscard,lazy_itable_init=1`;
  await runStickTool(tools, {
    argv: [
      ...['mke2fs', '-q', '-F', '-t', 'ext4', '-b', String(BLOCK_BYTES), '-m', '1', ...journal],
      ...['-O', '^orphan_file,^metadata_csum_seed', '-L', label, '-U', uuid, '-E', extended],
      ...['-d', tree, path, String(Math.floor(sizeBytes / BLOCK_BYTES))],
    ],
    env: {
      UNIX_IO_NOZEROOUT: '1',
      E2FSPROGS_FAKE_TIME: String(epochSeconds),
      SOURCE_DATE_EPOCH: String(epochSeconds),
    },
  });
}

/** exFAT has no use for less, and neither has a person. */
export const LEAST_DATA_BYTES = 16 * MIB;

/**
 * An exFAT file system. Windows, macOS and Linux read and write it without further software, and its files may be larger
 * than the 4 GiB of FAT32; NTFS, which could do that too, is worn down faster and macOS only reads it.
 */
export async function makeData(tools: StickTools, { path, sizeBytes, label, seed }: FileSystemWish): Promise<void> {
  await makeSparse(path, sizeBytes);
  await runStickTool(tools, { argv: ['mkfs.exfat', '-L', label, path] });
  // mkfs.exfat takes its serial number from the clock.
  const serial = makeUuid(`${seed} file system`).slice(0, 8);
  await runStickTool(tools, { argv: ['tune.exfat', '-I', `0x${serial}`, path] });
}

export async function makeSparse(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.truncate(sizeBytes);
  } finally {
    await file.close();
  }
}

import { createCipheriv, randomBytes } from 'node:crypto';
import { makeSparse } from './fileSystems.ts';
import { makeUuid } from './layout.ts';
import type { Extent } from './pieces.ts';
import { MIB } from './sizes.ts';
import { runStickTool, type StickTools } from './stickTools.ts';

/**
 * A LUKS2 container made without device-mapper: cryptsetup writes the header (which it does in user space), and we encrypt
 * the data area with the volume key that we gave it. The layout of aes-xts-plain64 is dm-crypt's (kernel,
 * admin-guide/device-mapper/dm-crypt.rst): each unit on its own, its number as a little-endian tweak.
 */
export const LUKS_HEADER_BYTES = 16 * MIB;

const KEY_BYTES = 64;
/** The unit that is encrypted on its own; ext4's block, so that the kernel has least to do. */
const UNIT_BYTES = 4096;
/** Whatever the unit: what is counted for the tweak are sectors of 512 bytes (LUKS2 has no `iv_large_sectors`). */
const SECTOR_BYTES = 512;
// cryptsetup would take up to 1 GiB, as much as the machine has that writes the stick. The one that opens it, in its
// initramfs, may have less.
const KDF_KIB = 256 * 1024;

export interface LuksWish {
  /** The file that the header is made in. */
  readonly path: string;
  /** Of the whole partition. */
  readonly sizeBytes: number;
  readonly label: string;
  readonly seed: string;
  readonly passphrase: Uint8Array;
}

export interface LuksContainer {
  readonly headerExtents: readonly Extent[];
  /** Encrypts bytes of the data area in place; `offset` is theirs in it. */
  readonly encrypt: (bytes: Uint8Array, offset: number) => void;
  /** Forgets the volume key. */
  readonly forget: () => void;
}

// The key comes by standard input and is a file only in the sandbox's own tmpfs, for cryptsetup reads it from nothing else.
const script = `set -e; umask 077; key=$1; shift; trap 'rm -f "$key"' EXIT
dd bs=${KEY_BYTES} count=1 iflag=fullblock status=none of="$key"; "$@"`;
const KEY_FILE = '/dev/shm/livewright-volume-key';

/** Makes the header of a container with a random volume key that `passphrase` opens. */
export async function makeLuks(tools: StickTools, wish: LuksWish): Promise<LuksContainer> {
  const { path, sizeBytes, label, seed, passphrase } = wish;
  const key = randomBytes(KEY_BYTES);
  await makeSparse(path, sizeBytes);
  const luksFormat = [
    ...['cryptsetup', 'luksFormat', '--batch-mode', '--type', 'luks2', '--label', label],
    ...['--uuid', makeUuid(`${seed} luks`), '--cipher', 'aes-xts-plain64', '--key-size', String(KEY_BYTES * 8)],
    ...['--sector-size', String(UNIT_BYTES), '--offset', String(LUKS_HEADER_BYTES / SECTOR_BYTES)],
    ...[
      '--pbkdf',
      'argon2id',
      '--pbkdf-memory',
      String(KDF_KIB),
      '--volume-key-file',
      KEY_FILE,
      '--key-file',
      '-',
      path,
    ],
  ];
  const input = Buffer.concat([key, passphrase]);
  try {
    await runStickTool(tools, { argv: ['sh', '-c', script, 'luks', KEY_FILE, ...luksFormat], input });
  } finally {
    input.fill(0);
  }
  return {
    // The header whole: its keyslots look like noise, and stale bytes between them must not stay.
    headerExtents: [[0, LUKS_HEADER_BYTES]],
    encrypt: (bytes, offset) => encryptSectors(bytes, offset, key),
    forget: () => void key.fill(0),
  };
}

/** aes-xts-plain64, in place. `offset` and the length are multiples of a unit. */
export function encryptSectors(bytes: Uint8Array, offset: number, key: Uint8Array): void {
  const tweak = Buffer.alloc(16);
  for (let at = 0; at < bytes.length; at += UNIT_BYTES) {
    tweak.writeBigUInt64LE(BigInt((offset + at) / SECTOR_BYTES));
    const cipher = createCipheriv('aes-256-xts', key, tweak);
    bytes.set(cipher.update(bytes.subarray(at, at + UNIT_BYTES)), at);
  }
}

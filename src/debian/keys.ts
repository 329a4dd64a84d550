import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PublicKey } from 'openpgp';
import { LivewrightError, orIfAbsent } from '../errors.ts';

/** Keys that may sign a Release file. */
export interface Keyring {
  readonly keys: readonly PublicKey[];
  /** Where the keys came from, for messages. */
  readonly origins: readonly string[];
}

/**
 * Fingerprints of the Debian archive keys that we ship. A key of `keys/debian-archive.asc` that does not stand here is
 * ignored. Source: <https://ftp-master.debian.org/keys.html> and package debian-archive-keyring 2025.1.
 */
export const pinnedFingerprints: ReadonlyMap<string, string> = new Map([
  ['04b54c3cdca79751b16bc6b5225629df75b188bd', 'Debian Archive Automatic Signing Key (13/trixie)'],
  ['5e04a1e3223a19a20706e20f9904613d4cce68c6', 'Debian Security Archive Automatic Signing Key (13/trixie)'],
  ['41587f7db8c774bccf131416762f67a0b2c39de4', 'Debian Stable Release Key (13/trixie)'],
  ['b8b80b5b623eab6ad8775c45b7c5d7d6350947f8', 'Debian Archive Automatic Signing Key (12/bookworm)'],
  ['05ab90340c0c5e797f44a8c8254cf3b5aec0a8f0', 'Debian Security Archive Automatic Signing Key (12/bookworm)'],
  ['4d64fec119c2029067d6e791f8d2585b8783d481', 'Debian Stable Release Key (12/bookworm)'],
]);

/** Debian 13 renamed the keyring to `.pgp`; both names can be there, the older one as a link. */
const HOST_KEYRINGS = [
  '/usr/share/keyrings/debian-archive-keyring.pgp',
  '/usr/share/keyrings/debian-archive-keyring.gpg',
];

/** Two levels up from `src/debian/` as from `dist/debian/`. */
export const shippedKeysPath = fileURLToPath(new URL('../../keys/debian-archive.asc', import.meta.url));

export interface ArchiveKeysOptions {
  /** Candidates in the order of preference; the first that exists is used. */
  readonly hostKeyrings?: readonly string[];
  readonly shipped?: string;
  /** Further keyrings of the user (armoured or binary), trusted as they are. */
  readonly extra?: readonly string[];
}

/**
 * The keys trusted for Debian's own archive: the host's keyring, the pinned keys we ship (an old host may not know the
 * newest ones), and the user's extra keyrings. A key present twice is taken from the host, which may know a revocation.
 */
export async function loadArchiveKeys(options: ArchiveKeysOptions = {}): Promise<Keyring> {
  const host = await readFirst(options.hostKeyrings ?? HOST_KEYRINGS);
  const shipped = keepPinned(await readKeyring(options.shipped ?? shippedKeysPath));
  const extra = await Promise.all((options.extra ?? []).map(readKeyring));
  return mergeKeyrings([...(host ? [host] : []), shipped, ...extra]);
}

/** Reads a keyring file, ASCII-armoured or binary. CONFIG_MISSING or CONFIG_SYNTAX if that cannot be. */
export async function readKeyring(path: string): Promise<Keyring> {
  const bytes = await orIfAbsent(readFile(path), undefined);
  if (bytes === undefined) {
    throw new LivewrightError('CONFIG_MISSING', { message: `The keyring ${path} does not exist.`, place: { path } });
  }
  return parseKeyring(bytes, path);
}

export async function parseKeyring(bytes: Uint8Array, path: string): Promise<Keyring> {
  const { readKeys } = await import('openpgp');
  const text = Buffer.from(bytes).toString('latin1');
  try {
    const keys = text.includes('-----BEGIN PGP')
      ? await Promise.all(armouredBlocks(text).map((armoredKeys) => readKeys({ armoredKeys })))
      : [await readKeys({ binaryKeys: bytes })];
    return { keys: keys.flat(), origins: [path] };
  } catch (cause) {
    throw new LivewrightError('CONFIG_SYNTAX', {
      message: `${path} is not an OpenPGP keyring.`,
      hint: 'Export the key again: gpg --armor --export FINGERPRINT.',
      place: { path },
      cause,
    });
  }
}

/** Files made with `cat a.asc b.asc` hold several blocks; the library reads one at a time. */
function armouredBlocks(text: string): readonly string[] {
  return text.match(/-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]*?-----END PGP PUBLIC KEY BLOCK-----/g) ?? [text];
}

/** Keys in the order given, each fingerprint once: the first wins. */
export function mergeKeyrings(keyrings: readonly Keyring[]): Keyring {
  const byFingerprint = new Map<string, PublicKey>();
  for (const key of keyrings.flatMap((keyring) => keyring.keys)) {
    if (!byFingerprint.has(key.getFingerprint())) byFingerprint.set(key.getFingerprint(), key);
  }
  return { keys: [...byFingerprint.values()], origins: keyrings.flatMap((keyring) => keyring.origins) };
}

export function keepPinned(keyring: Keyring): Keyring {
  return { ...keyring, keys: keyring.keys.filter((key) => pinnedFingerprints.has(key.getFingerprint())) };
}

async function readFirst(paths: readonly string[]): Promise<Keyring | undefined> {
  for (const path of paths) {
    const bytes = await orIfAbsent(readFile(path), undefined);
    if (bytes !== undefined) return parseKeyring(bytes, path);
  }
  return undefined;
}

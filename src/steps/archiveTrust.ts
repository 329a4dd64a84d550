import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackDeb } from '../debian/deb.ts';
import { type Keyring, mergeKeyrings, parseKeyring } from '../debian/keys.ts';
import { createTreeWriter } from '../debian/treeWriter.ts';
import { LivewrightError, orIfAbsent, type Place } from '../errors.ts';

/** A keyring file, by its path in the system. */
export interface KeyFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** What the user calls it. */
  readonly origin: string;
}

/** What archives may be signed with. */
export interface Trust {
  /** Debian's keys. */
  readonly archive: Keyring;
  /** All that the build knows: of the tree, of keyring packages. */
  readonly files: readonly KeyFile[];
}

/** Directories in which packages bring keyrings; in the first every key may sign any archive (apt-secure(8)). */
const trustedDirectory = '/etc/apt/trusted.gpg.d';
const keyringDirectories = [trustedDirectory, '/etc/apt/keyrings', '/usr/share/keyrings'];

/** Debian's own keyrings, of which we have the keys. */
const archiveKeyring = /^\/usr\/share\/keyrings\/debian-archive-[a-z0-9-]+\.(gpg|pgp|asc)$/;

/** The keys for a source that names none: every one of apt's own directory. */
export async function anyKey({ archive, files }: Trust): Promise<Keyring> {
  const own = files.filter(({ path }) => path.startsWith(`${trustedDirectory}/`));
  return mergeKeyrings([archive, ...(await Promise.all(own.map(({ bytes, origin }) => parseKeyring(bytes, origin))))]);
}

/** The keys that `signed-by` means: paths, fingerprints, or a key. Throws CONFIG_MISSING for a path that nobody fills. */
export async function keysFor(signedBy: readonly string[], trust: Trust, place: Place): Promise<Keyring> {
  if (signedBy.length === 0) return anyKey(trust);
  const prints = new Set(signedBy.filter(isFingerprint).map((word) => word.replace(/!$/, '').toLowerCase()));
  const named = signedBy.filter((word) => !isFingerprint(word)).map((word) => keysAt(word, trust, place));
  if (prints.size === 0) return mergeKeyrings(await Promise.all(named));
  const known = mergeKeyrings([
    await anyKey(trust),
    ...(await Promise.all(trust.files.map(({ bytes, origin }) => parseKeyring(bytes, origin)))),
  ]);
  const keys = known.keys.filter((key) => key.getKeys().some((one) => prints.has(one.getFingerprint())));
  return mergeKeyrings([...(await Promise.all(named)), { keys, origins: known.origins }]);
}

const isFingerprint = (word: string): boolean => /^[0-9A-F]{40}!?$/i.test(word);

async function keysAt(word: string, { archive, files }: Trust, place: Place): Promise<Keyring> {
  if (word.startsWith('-----BEGIN PGP')) return parseKeyring(Buffer.from(word), place.path);
  const found = files.find(({ path }) => path === word);
  if (found !== undefined) return parseKeyring(found.bytes, found.origin);
  if (archiveKeyring.test(word)) return archive;
  throw new LivewrightError('CONFIG_MISSING', {
    message: `The source is to be signed by "${word}", and nothing puts a key there.`,
    hint: `Put it at config/includes.chroot_before_packages${word}, or the key into config/archives/NAME.key and leave signed-by out.`,
    place,
    data: { signedBy: word },
  });
}

export interface UnpackKeysOptions {
  /** An empty directory. */
  readonly scratch: string;
  /** What the user calls the package. */
  readonly origin: string;
  readonly signal?: AbortSignal | undefined;
}

/** The keyrings that a binary package brings. */
export async function keysOfPackage(deb: string, { scratch, origin, signal }: UnpackKeysOptions): Promise<KeyFile[]> {
  const isElsewhere = (path: string): boolean =>
    !keyringDirectories.some(
      (directory) => `${directory}/`.startsWith(`/${path}/`) || `/${path}`.startsWith(`${directory}/`),
    );
  const writer = createTreeWriter(scratch);
  await unpackDeb(deb, writer, { exclude: isElsewhere, signal });
  writer.finish();
  const found: KeyFile[] = [];
  for (const directory of keyringDirectories) {
    const entries = await orIfAbsent(readdir(join(scratch, directory), { withFileTypes: true }), []);
    for (const { name } of entries.filter((entry) => entry.isFile() || entry.isSymbolicLink())) {
      const path = `${directory}/${name}`;
      if (!/\.(gpg|pgp|asc)$/.test(name)) continue;
      const file = await orIfAbsent(realpath(join(scratch, path)), undefined);
      // A link may lead out of the package.
      if (file?.startsWith(`${await realpath(scratch)}/`)) found.push({ path, bytes: await readFile(file), origin });
    }
  }
  return found;
}

import { readFile } from 'node:fs/promises';
import { createCleartextMessage, generateKey, type PrivateKey, type PublicKey, sign } from 'openpgp';
import { beforeAll, expect, test } from 'vitest';
import { LivewrightError } from '../errors.ts';
import {
  type Keyring,
  keepPinned,
  loadArchiveKeys,
  mergeKeyrings,
  parseKeyring,
  pinnedFingerprints,
  readKeyring,
  shippedKeysPath,
} from './keys.ts';
import { verifyInRelease } from './signature.ts';

const url = 'http://mirror.example/debian/dists/trixie/InRelease';
const body = 'Origin: Debian\n- dashes\nSuite: stable\nSHA256:\n aa 1 b \n';
let archive: Pair;
let stranger: Pair;

interface Pair {
  readonly secret: PrivateKey;
  readonly open: PublicKey;
}

async function makeKey(name: string, options: { date?: Date; lifeSeconds?: number } = {}): Promise<Pair> {
  const { privateKey, publicKey } = await generateKey({
    type: 'ecc',
    userIDs: [{ name }],
    format: 'object',
    ...(options.date && { date: options.date }),
    ...(options.lifeSeconds && { keyExpirationTime: options.lifeSeconds }),
  });
  return { secret: privateKey, open: publicKey };
}

async function clearSign(text: string, keys: readonly Pair[], date = new Date()): Promise<string> {
  const message = await createCleartextMessage({ text });
  return sign({ message, signingKeys: keys.map((key) => key.secret), date });
}

function ring(...keys: Pair[]): Keyring {
  return { keys: keys.map((key) => key.open), origins: ['test'] };
}

async function failureOf(text: string, keyring: Keyring, now?: Date): Promise<LivewrightError> {
  const error = await verifyInRelease(text, keyring, { url, ...(now && { now }) }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(LivewrightError);
  expect((error as LivewrightError).code).toBe('SIGNATURE_INVALID');
  expect((error as LivewrightError).message).toContain(url);
  expect((error as LivewrightError).hint).toBeTruthy();
  return error as LivewrightError;
}

beforeAll(async () => {
  archive = await makeKey('Archive');
  stranger = await makeKey('Stranger');
});

test('one good signature of a trusted key is enough, and only the signed text comes back', async () => {
  const signed = await clearSign(body, [stranger, archive]);
  const clean = await verifyInRelease(signed, ring(archive), { url });
  expect(clean.signers).toEqual([{ fingerprint: archive.open.getFingerprint(), userId: 'Archive' }]);
  // Trailing blanks are not part of what a clear-signature covers (RFC 9580, 7.2).
  expect(clean.text).toBe(body.replace(/ +$/gm, ''));
});

test.each([
  ['in front', (signed: string) => `Suite: smuggled\n${signed}`],
  ['behind', (signed: string) => `${signed}Suite: smuggled\n`],
])('text %s of the signed part is refused', async (_, change) => {
  const signed = await clearSign(body, [archive]);
  expect((await failureOf(change(signed), ring(archive))).message).toContain('not a clear-signed file');
});

test('a changed text is refused, naming the key that signed', async () => {
  const signed = (await clearSign(body, [archive])).replace('stable', 'stables');
  expect((await failureOf(signed, ring(archive))).message).toMatch(/by "Archive" \([0-9a-f]{40}\) is wrong/);
});

test('an unknown key is refused, naming its id', async () => {
  const signed = await clearSign(body, [stranger]);
  const error = await failureOf(signed, ring(archive));
  expect(error.message).toContain(stranger.open.getKeyID().toHex());
  expect(error.message).toContain('none of the 1 trusted keys');
});

test('an empty keyring trusts nobody', async () => {
  await failureOf(await clearSign(body, [archive]), { keys: [], origins: [] });
});

test('a key that has expired since is refused', async () => {
  const past = new Date('2024-01-01T00:00:00Z');
  const old = await makeKey('Old', { date: past, lifeSeconds: 86_400 });
  const signed = await clearSign(body, [old], new Date('2024-01-01T12:00:00Z'));
  expect((await failureOf(signed, ring(old))).message).toContain('not valid today');
  const then = await verifyInRelease(signed, ring(old), { url, now: new Date('2024-01-01T13:00:00Z') });
  expect(then.signers).toHaveLength(1);
});

test.each(['', '<html>login</html>', body])('%j is not clear-signed', async (text) => {
  expect((await failureOf(text, ring(archive))).message).toContain('not a clear-signed file');
});

test('every shipped key is pinned, and every pinned key is shipped', async () => {
  const shipped = await readKeyring(shippedKeysPath);
  const fingerprints = shipped.keys.map((key) => key.getFingerprint()).sort();
  expect(fingerprints).toEqual([...pinnedFingerprints.keys()].sort());
  for (const key of shipped.keys) {
    expect(key.getUserIDs()[0]).toContain(pinnedFingerprints.get(key.getFingerprint()));
  }
  const script = await readFile(new URL('../../keys/export', import.meta.url), 'utf8');
  for (const fingerprint of fingerprints) expect(script).toContain(fingerprint.toUpperCase());
});

test('a foreign key in the shipped file is ignored', async () => {
  const foreign = await parseKeyring(Buffer.from(stranger.open.armor()), 'changed.asc');
  expect(foreign.keys).toHaveLength(1);
  expect(keepPinned(mergeKeyrings([foreign])).keys).toEqual([]);
});

test('host, shipped and extra keyrings are merged; armoured and binary both read', async () => {
  const keys = await loadArchiveKeys({ hostKeyrings: ['/nonexistent'], extra: [] });
  expect(keys.keys).toHaveLength(pinnedFingerprints.size);
  const binary = await parseKeyring(archive.open.write(), 'a.gpg');
  expect(binary.keys[0]?.getFingerprint()).toBe(archive.open.getFingerprint());
  const twice = await parseKeyring(Buffer.from(archive.open.armor() + stranger.open.armor()), 'both.asc');
  expect(twice.keys).toHaveLength(2);
});

test('what is not a keyring is said so', async () => {
  await expect(parseKeyring(Buffer.from('hello'), 'x.key')).rejects.toThrow('x.key is not an OpenPGP keyring.');
  await expect(readKeyring('/nonexistent.asc')).rejects.toThrow('does not exist');
});

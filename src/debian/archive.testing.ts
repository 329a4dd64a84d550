import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { createCleartextMessage, createMessage, generateKey, type PrivateKey, sign } from 'openpgp';
import type { Keyring } from './keys.ts';

export interface TestKey {
  readonly secret: PrivateKey;
  readonly keyring: Keyring;
}

export async function makeTestKey(): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKey({
    type: 'ecc',
    userIDs: [{ name: 'Archive' }],
    format: 'object',
  });
  return { secret: privateKey, keyring: { keys: [publicKey], origins: ['test'] } };
}

export interface TestPackage {
  readonly fields: Readonly<Record<string, string>>;
  readonly deb: Buffer;
}

export interface TestArchive {
  readonly uri: string;
  readonly directory: string;
  /** Writes the archive with these packages, replacing what was there. */
  publish(packages: readonly TestPackage[], options?: PublishOptions): Promise<void>;
}

export interface PublishOptions {
  readonly byHash?: boolean;
  /** Further lines of the Release file. */
  readonly release?: string;
  /** How the Release file is signed; default `inline`. */
  readonly signed?: 'inline' | 'detached' | 'binary' | 'not' | 'no Release';
  /** No suites, no components: all in one directory. */
  readonly flat?: boolean;
}

/** A signed archive with suite `trixie`, component `main`, architecture `amd64`, as files below `directory`. */
export function testArchive(directory: string, key: TestKey): TestArchive {
  const write = async (path: string, content: Buffer | string) => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  };
  return {
    directory,
    uri: pathToFileURL(directory).href,
    async publish(packages, options = {}) {
      const stanzas = packages.map(({ fields, deb }) => {
        const filename = `pool/${fields['Package']}.deb`;
        return { filename, deb, text: stanzaOf(fields, filename, deb) };
      });
      for (const { filename, deb } of stanzas) await write(filename, deb);
      const text = Buffer.from(stanzas.map((stanza) => stanza.text).join('\n'));
      const packed = gzipSync(text);
      const suite = options.flat ? '' : 'dists/trixie/';
      const at = options.flat ? '' : 'main/binary-amd64/';
      await write(`${suite}${at}${options.byHash ? `by-hash/SHA256/${sha256(packed)}` : 'Packages.gz'}`, packed);
      const files = await signedFiles(key, releaseText({ at, text, packed }, options), options.signed ?? 'inline');
      for (const name of ['InRelease', 'Release', 'Release.gpg'])
        await rm(join(directory, suite, name), { force: true });
      for (const [name, content] of Object.entries(files)) await write(`${suite}${name}`, content);
    },
  };
}

function stanzaOf(fields: Readonly<Record<string, string>>, filename: string, deb: Buffer): string {
  const all = {
    Version: '1.0',
    Architecture: 'amd64',
    ...fields,
    Filename: filename,
    Size: deb.length,
    SHA256: sha256(deb),
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

interface Index {
  readonly at: string;
  readonly text: Buffer;
  readonly packed: Buffer;
}

function releaseText({ at, text, packed }: Index, options: PublishOptions): string {
  return `Origin: Test
Codename: trixie
Date: ${new Date().toUTCString()}
${options.flat ? '' : 'Architectures: amd64\nComponents: main\n'}${options.byHash ? 'Acquire-By-Hash: yes\n' : ''}${options.release ?? ''}SHA256:
 ${sha256(text)} ${text.length} ${at}Packages
 ${sha256(packed)} ${packed.length} ${at}Packages.gz
`;
}

async function signedFiles(key: TestKey, text: string, how: NonNullable<PublishOptions['signed']>) {
  if (how === 'no Release') return {};
  const signingKeys = key.secret;
  if (how === 'inline')
    return { InRelease: await sign({ message: await createCleartextMessage({ text }), signingKeys }) };
  const message = await createMessage({ binary: Buffer.from(text) });
  if (how === 'not') return { Release: text };
  const signature =
    how === 'binary'
      ? Buffer.from(await sign({ message, signingKeys, detached: true, format: 'binary' }))
      : await sign({ message, signingKeys, detached: true });
  return { Release: text, 'Release.gpg': signature };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { createCleartextMessage, generateKey, type PrivateKey, sign } from 'openpgp';
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
      const at = 'dists/trixie/main/binary-amd64';
      await write(options.byHash ? `${at}/by-hash/SHA256/${sha256(packed)}` : `${at}/Packages.gz`, packed);
      await write('dists/trixie/InRelease', await signRelease(key, text, packed, options));
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

async function signRelease(key: TestKey, text: Buffer, packed: Buffer, options: PublishOptions): Promise<string> {
  const release = `Origin: Test
Codename: trixie
Date: ${new Date().toUTCString()}
Architectures: amd64
Components: main
${options.byHash ? 'Acquire-By-Hash: yes\n' : ''}${options.release ?? ''}SHA256:
 ${sha256(text)} ${text.length} main/binary-amd64/Packages
 ${sha256(packed)} ${packed.length} main/binary-amd64/Packages.gz
`;
  return sign({ message: await createCleartextMessage({ text: release }), signingKeys: key.secret });
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

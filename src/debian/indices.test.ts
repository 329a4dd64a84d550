import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openStore } from '../store/local.ts';
import type { Store } from '../store/types.ts';
import { makeTestKey, type TestArchive, type TestKey, testArchive } from './archive.testing.ts';
import { createDownloader } from './http.ts';
import { fetchPackages } from './indices.ts';
import { fetchListed, findListed } from './listed.ts';
import { fetchReleases, type ReleaseOptions, type Source } from './releases.ts';

let key: TestKey;
let directory: string;
let archive: TestArchive;
let store: Store;
let server: Server;
let asked: string[];
let source: Source;

beforeAll(async () => {
  key = await makeTestKey();
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lw-indices-'));
  archive = testArchive(join(directory, 'archive'), key);
  store = await openStore(join(directory, 'store'));
  asked = [];
  server = createServer(async (request, response) => {
    const path = join(archive.directory, request.url ?? '');
    const found = await stat(path).catch(() => undefined);
    const etag = found && `"${found.mtimeMs}"`;
    const status = !found?.isFile() ? 404 : request.headers['if-none-match'] === etag ? 304 : 200;
    asked.push(`${status} ${request.url?.replace(/[0-9a-f]{64}/, 'HASH')}`);
    response.writeHead(status, status === 200 ? { etag } : {});
    if (status === 200) createReadStream(path).pipe(response);
    else response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  source = { uri, suite: 'trixie', components: ['main'], architectures: ['amd64'] };
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true });
});

function options(): ReleaseOptions {
  return {
    downloader: createDownloader({ env: {}, retryDelayMs: 1 }),
    store,
    keys: key.keyring,
    checkValidUntil: true,
  };
}

async function fetchAll(from = source) {
  const [release] = await fetchReleases([from], options());
  return { release: release!, files: await fetchPackages(release!, options()) };
}

const one = [{ fields: { Package: 'one' }, deb: Buffer.from('deb') }];
const two = [...one, { fields: { Package: 'two' }, deb: Buffer.from('deb') }];

test('indices are verified, unpacked into the store, and not fetched twice', async () => {
  await archive.publish(one);
  const { release, files } = await fetchAll();
  expect(release.signers).toMatchObject([{ userId: 'Archive' }]);
  expect(release.release.codename).toBe('trixie');
  expect(await readFile(await store.blobPath(release.inRelease))).toEqual(
    await readFile(join(archive.directory, 'dists/trixie/InRelease')),
  );
  expect(files).toMatchObject([{ component: 'main', architecture: 'amd64', uri: source.uri }]);
  expect(files[0]?.listName).toMatch(/^127\.0\.0\.1:\d+_dists_trixie_main_binary-amd64_Packages$/);
  expect(await readFile(await store.blobPath(files[0]!.blob), 'utf8')).toContain('Package: one');
  expect(asked).toEqual(['200 /dists/trixie/InRelease', '200 /dists/trixie/main/binary-amd64/Packages.gz']);

  asked.length = 0;
  expect(await fetchAll()).toEqual({ release, files });
  expect(asked).toEqual(['304 /dists/trixie/InRelease']);

  asked.length = 0;
  await archive.publish(two);
  const later = await fetchAll();
  expect(later.files[0]?.blob).not.toEqual(files[0]?.blob);
  expect(asked).toEqual(['200 /dists/trixie/InRelease', '200 /dists/trixie/main/binary-amd64/Packages.gz']);
});

test('indices are asked for by hash where the archive says so', async () => {
  await archive.publish(one, { byHash: true });
  await fetchAll();
  expect(asked[1]).toBe('200 /dists/trixie/main/binary-amd64/by-hash/SHA256/HASH');
});

test('where a mirror has no such directory, the index is asked for by name', async () => {
  await archive.publish(one);
  await archive.publish(one, { byHash: true });
  await rm(join(archive.directory, 'dists/trixie/main/binary-amd64/by-hash'), { recursive: true });
  await fetchAll();
  expect(asked.slice(1)).toEqual([
    '404 /dists/trixie/main/binary-amd64/by-hash/SHA256/HASH',
    '200 /dists/trixie/main/binary-amd64/Packages.gz',
  ]);
});

test('so is any other file that the Release file lists', async () => {
  await archive.publish(one);
  await archive.publish(one, { byHash: true });
  await rm(join(archive.directory, 'dists/trixie/main/binary-amd64/by-hash'), { recursive: true });
  const [release] = await fetchReleases([source], options());
  const file = findListed(release!, 'main/binary-amd64/Packages.gz')!;
  const path = join(directory, 'Packages.gz');
  await fetchListed(options().downloader, file, { path });
  expect((await stat(path)).size).toBe(file.sizeBytes);
  expect(asked.slice(-2)).toEqual([
    '404 /dists/trixie/main/binary-amd64/by-hash/SHA256/HASH',
    '200 /dists/trixie/main/binary-amd64/Packages.gz',
  ]);
  expect(findListed(release!, 'main/Contents-all.gz')).toBeUndefined();
});

test('two sources of one suite ask for its InRelease once', async () => {
  await archive.publish(one);
  expect(await fetchReleases([source, { ...source }], options())).toHaveLength(2);
  expect(asked).toEqual(['200 /dists/trixie/InRelease']);
});

test.each<[string, (source: Source) => Source, RegExp]>([
  ['an unknown suite', (it) => ({ ...it, suite: 'trixy' }), /The suite "trixy" is not on this mirror: .*InRelease/],
  ['an unknown component', (it) => ({ ...it, components: ['mian'] }), /does not have the component "mian"/],
  ['an unknown architecture', (it) => ({ ...it, architectures: ['sparc'] }), /does not have the architecture "sparc"/],
])('%s is named', async (_, change, message) => {
  await archive.publish(one);
  await expect(fetchAll(change(source))).rejects.toMatchObject({
    code: 'MIRROR_NOT_FOUND',
    message: expect.stringMatching(message),
  });
});

test('a foreign signature, an old state and a changed index are refused', async () => {
  await archive.publish(one);
  const foreign = await makeTestKey();
  await expect(fetchAll({ ...source, keys: foreign.keyring })).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });

  await archive.publish(one, { release: 'Valid-Until: Sat, 01 Jan 2022 00:00:00 UTC\n' });
  await expect(fetchAll()).rejects.toThrow('was valid until 2022-01-01');
  expect(await fetchReleases([source], { ...options(), checkValidUntil: false })).toHaveLength(1);

  await archive.publish(one);
  await writeFile(join(archive.directory, 'dists/trixie/main/binary-amd64/Packages.gz'), 'changed');
  await expect(fetchAll()).rejects.toMatchObject({ code: 'HASH_MISMATCH' });
});

test('an archive in a directory works without a server', async () => {
  await archive.publish(one);
  const { files } = await fetchAll({ ...source, uri: `${archive.uri}/` });
  expect(await readFile(await store.blobPath(files[0]!.blob), 'utf8')).toContain('Package: one');
});

test.each(['detached', 'binary'] as const)('a Release file with a %s signature beside it', async (signed) => {
  await archive.publish(one, { signed });
  const { release, files } = await fetchAll();
  expect(release.signers).toMatchObject([{ userId: 'Archive' }]);
  expect(release.listName).toMatch(/_dists_trixie_Release$/);
  expect(await readFile(await store.blobPath(release.signature!))).toEqual(
    await readFile(join(archive.directory, 'dists/trixie/Release.gpg')),
  );
  expect(files).toHaveLength(1);
  const foreign = await makeTestKey();
  await expect(fetchAll({ ...source, keys: foreign.keyring })).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  const path = join(archive.directory, 'dists/trixie/Release');
  await writeFile(path, (await readFile(path, 'utf8')).replace('Origin: Test', 'Origin: Tess'));
  await expect(fetchAll()).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
});

test.each(['inline', 'not', 'no Release'] as const)(
  'of an archive that is trusted (%s), no signature is asked for, of others it is',
  async (signed) => {
    for (const flat of [false, true]) {
      await archive.publish(one, { signed, flat });
      const place = flat ? { ...source, suite: './', components: [] } : source;
      const foreign = await makeTestKey();
      const { release, files } = await fetchAll({ ...place, keys: foreign.keyring, isTrusted: true });
      expect(release.signers).toEqual([]);
      expect(await readFile(await store.blobPath(files[0]!.blob), 'utf8')).toContain('Package: one');
      const code = signed === 'no Release' ? 'MIRROR_NOT_FOUND' : 'SIGNATURE_INVALID';
      await expect(fetchAll({ ...place, keys: foreign.keyring })).rejects.toMatchObject({ code });
    }
  },
);

test('an architecture that an archive may lack is left out', async () => {
  await archive.publish(one);
  const both = { ...source, architectures: ['amd64', 'i386'] };
  await expect(fetchAll(both)).rejects.toMatchObject({ code: 'MIRROR_NOT_FOUND' });
  const { files } = await fetchAll({ ...both, mayLackArchitectures: true });
  expect(files.map(({ architecture }) => architecture)).toEqual(['amd64']);
  expect((await fetchAll({ ...source, architectures: ['i386'], mayLackArchitectures: true })).files).toEqual([]);
});

import { execFileSync } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { makeTestKey, type TestKey, testArchive } from '../debian/archive.testing.ts';
import { createDownloader } from '../debian/http.ts';
import type { Source } from '../debian/releases.ts';
import { createPartMaker } from '../engine/parts.ts';
import type { StepContext } from '../engine/step.ts';
import { openStore } from '../store/local.ts';
import { indexStep } from './archive.ts';
import type { KeyFile } from './archiveTrust.ts';
import type { FurtherArchive, FurtherArchives } from './furtherArchives.ts';

let debian: TestKey;
let vendor: TestKey;
let directory: string;
let server: Server;
let notes: string[];

beforeAll(async () => {
  debian = await makeTestKey();
  vendor = await makeTestKey();
});

beforeEach(async () => {
  directory = await tempDirectory();
  notes = [];
  server = createServer((request, response) => {
    const path = join(directory, request.url ?? '');
    const isFile = statSync(path, { throwIfNoEntry: false })?.isFile();
    response.writeHead(isFile ? 200 : 404);
    if (isFile) createReadStream(path).pipe(response);
    else response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => void server.close());

const uriOf = (name: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
const place = { path: 'config/archives/vendor.list', line: 3 };
const mainSource = (): Source => ({
  ...{ uri: uriOf('debian'), suite: 'trixie', components: ['main'], architectures: ['amd64'] },
});
const vendorArchive = (more: Partial<FurtherArchive> = {}): FurtherArchive => ({
  ...{ ...mainSource(), uri: uriOf('vendor'), mayLackArchitectures: true, signedBy: [], place },
  ...more,
});

const armouredKey = (): KeyFile => ({
  path: '/etc/apt/trusted.gpg.d/vendor.key.asc',
  bytes: Buffer.from(vendor.keyring.keys[0]!.armor()),
  origin: 'config/archives/vendor.key',
});

async function index(further: Partial<FurtherArchives> = {}) {
  const store = await openStore(join(directory, 'store'));
  const step = indexStep({
    ...{ name: 'index', title: 'index', sources: [mainSource()], keys: async () => debian.keyring },
    downloader: createDownloader({ env: {}, retries: 0, retryDelayMs: 1 }),
    further: {
      ...{ archives: [vendorArchive()], keyFiles: async () => [], keyringDebs: [], keyringPackages: [] },
      ...further,
    },
  });
  const inputs = await step.inputs(() => undefined as never);
  const { signal } = new AbortController();
  const { parts } = createPartMaker(store, step.name);
  const context = { store, signal, progress: () => {}, note: (text: string) => notes.push(text), parts };
  return store.withStaging((scratch) =>
    step.run(inputs, { ...context, scratch } as Partial<StepContext> as StepContext),
  );
}

const publish = async (...packages: { fields: Record<string, string>; deb: Buffer }[]) => {
  await testArchive(join(directory, 'debian'), debian).publish([
    { fields: { Package: 'base' }, deb: Buffer.from('base') },
    ...packages,
  ]);
  await testArchive(join(directory, 'vendor'), vendor).publish([
    { fields: { Package: 'tool' }, deb: Buffer.from('t') },
  ]);
};

/** A package with a keyring in it. */
async function keyringPackage(): Promise<string> {
  const root = join(directory, 'package');
  await mkdir(join(root, 'DEBIAN'), { recursive: true });
  await mkdir(join(root, 'usr/share/keyrings'), { recursive: true });
  await writeFile(
    join(root, 'DEBIAN/control'),
    'Package: vendor-keyring\nVersion: 1\nArchitecture: all\nMaintainer: x <x@y>\nDescription: d\n',
  );
  await writeFile(join(root, 'usr/share/keyrings/vendor.gpg'), vendor.keyring.keys[0]!.write());
  execFileSync('dpkg-deb', ['--root-owner-group', '-b', root, join(directory, 'keyring.deb')], { stdio: 'pipe' });
  return join(directory, 'keyring.deb');
}

test('another archive with a key of the tree: the main one is first, and dates the image', async () => {
  await publish();
  const { sources, dateSeconds } = await index({ keyFiles: async () => [armouredKey()] });
  expect(sources.map(({ uri }) => uri)).toEqual([uriOf('debian'), uriOf('vendor')]);
  expect(dateSeconds).toBeGreaterThan(1_600_000_000);
});

test.each<[string, () => Partial<FurtherArchive>]>([
  ['a path', () => ({ signedBy: ['/etc/apt/trusted.gpg.d/vendor.key.asc'] })],
  ['a fingerprint', () => ({ signedBy: [vendor.keyring.keys[0]!.getFingerprint().toUpperCase()] })],
  ['the key itself', () => ({ signedBy: [vendor.keyring.keys[0]!.armor()] })],
])('signed-by with %s', async (_, more) => {
  await publish();
  const archives = [vendorArchive(more())];
  expect((await index({ archives, keyFiles: async () => [armouredKey()] })).sources).toHaveLength(2);
});

test('a key elsewhere counts only for those who name it', async () => {
  await publish();
  const keyFiles = async () => [{ ...armouredKey(), path: '/usr/share/keyrings/vendor.asc' }];
  const named = [vendorArchive({ signedBy: ['/usr/share/keyrings/vendor.asc'] })];
  expect((await index({ archives: named, keyFiles })).sources).toHaveLength(2);
  await expect(index({ keyFiles })).rejects.toMatchObject({
    ...{ code: 'SIGNATURE_INVALID', place },
    hint: expect.stringContaining('config/archives/NAME.key'),
  });
});

test('keys that a package brings, of the tree or of the main archive', async () => {
  const deb = await keyringPackage();
  await publish({ fields: { Package: 'vendor-keyring', Architecture: 'all' }, deb: await readFile(deb) });
  const archives = [vendorArchive({ signedBy: ['/usr/share/keyrings/vendor.gpg'] })];
  const keyringDebs = [{ path: deb, origin: 'config/archives/keyring.deb' }];
  expect((await index({ archives, keyringDebs })).sources).toHaveLength(2);
  expect((await index({ archives, keyringPackages: ['vendor-keyring'] })).sources).toHaveLength(2);
  await expect(index({ archives })).rejects.toMatchObject({
    ...{ code: 'CONFIG_MISSING', place, message: expect.stringContaining('/usr/share/keyrings/vendor.gpg') },
  });
});

test.each<[string, () => Partial<FurtherArchive>, string]>([
  ['the suite', () => ({ suite: 'trixy' }), 'MIRROR_NOT_FOUND'],
  ['the component', () => ({ components: ['mian'] }), 'MIRROR_NOT_FOUND'],
  ['the server', () => ({ uri: 'http://127.0.0.1:9/vendor' }), 'MIRROR_UNREACHABLE'],
])('a failure names the line: %s', async (_, more, code) => {
  await publish();
  const asked = index({ archives: [vendorArchive(more())], keyFiles: async () => [armouredKey()] });
  await expect(asked).rejects.toMatchObject({ code, place });
});

test('what only the finished system needs may be away; what has nothing for us is told', async () => {
  await publish();
  const away = [vendorArchive({ uri: 'http://127.0.0.1:9/vendor' })];
  expect((await index({ archives: away, mayBeAway: true })).sources).toHaveLength(1);
  expect(notes).toEqual([expect.stringContaining('does not answer')]);
  const others = [vendorArchive({ architectures: ['arm64'] })];
  expect((await index({ archives: others, keyFiles: async () => [armouredKey()] })).sources).toHaveLength(1);
  expect(notes[1]).toContain('has nothing for this architecture');
});

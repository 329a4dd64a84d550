import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LivewrightError } from '../errors.ts';
import { createDownloader, type DownloaderOptions } from './http.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

const payload = Buffer.alloc(300_000, 'livewright ');
const sha256 = createHash('sha256').update(payload).digest('hex');
let directory: string;
let servers: Server[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lw-http-'));
  servers = [];
});

afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await rm(directory, { recursive: true });
});

/** Serves with `handler`, which is told the number of the request, from 1. */
async function serve(handler: Handler): Promise<{ readonly url: string; readonly port: number; requests(): number }> {
  let count = 0;
  const server = createServer((request, response) => handler(request, response, ++count));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, requests: () => count };
}

function downloader(options: DownloaderOptions = {}) {
  return createDownloader({ env: {}, retryDelayMs: 1, stallTimeoutMs: 300, ...options });
}

async function failureOf(action: Promise<unknown>): Promise<LivewrightError> {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LivewrightError);
  return error as LivewrightError;
}

test('a file is streamed, hashed and reported', async () => {
  const { url } = await serve((_, response) => response.end(payload));
  const seen: number[] = [];
  const path = join(directory, 'file');
  const options = {
    expectedSha256: sha256,
    expectedSizeBytes: payload.length,
    onProgress: (done: number) => seen.push(done),
  };
  expect(await downloader().fetchToFile(url, path, options)).toEqual({ sha256, sizeBytes: payload.length });
  expect(payload.equals(await readFile(path))).toBe(true);
  expect(seen[0]).toBe(0);
  expect(seen.at(-1)).toBe(payload.length);
});

test.each<[string, Handler]>([
  ['503', (_, response) => response.writeHead(503).end()],
  ['a reset', (request) => request.socket.resetAndDestroy()],
  ['a body cut short', (_, response) => truncate(response)],
  ['silence', () => undefined],
  ['silence in the middle', (_, response) => void response.writeHead(200).write('x')],
])('after %s it tries again', async (_, misbehave) => {
  const server = await serve((request, response, count) => {
    if (count <= 2) misbehave(request, response, count);
    else response.end(payload);
  });
  const path = join(directory, 'file');
  await downloader().fetchToFile(server.url, path, { expectedSha256: sha256 });
  expect(payload.equals(await readFile(path))).toBe(true);
  expect(server.requests()).toBe(3);
});

function truncate(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': payload.length });
  response.write(payload.subarray(0, 1000), () => response.destroy());
}

test.each<[string, Handler, RegExp]>([
  ['500', (_, response) => response.writeHead(500).end(), /status 500/],
  ['truncation', (_, response) => truncate(response), /broke/],
  ['silence', () => undefined, /nothing came for 0\.3 s/],
])('it gives up on %s after the last try and leaves nothing', async (_, misbehave, message) => {
  const server = await serve(misbehave);
  const path = join(directory, 'file');
  const error = await failureOf(downloader({ retries: 1 }).fetchToFile(server.url, path));
  expect(error.code).toBe('MIRROR_UNREACHABLE');
  expect(error.message).toMatch(message);
  expect(error.message).toContain(`127.0.0.1:${server.port}`);
  expect(error.hint).toContain('proxy');
  expect(server.requests()).toBe(2);
  await expect(stat(path)).rejects.toThrow('ENOENT');
});

test('a missing file is asked for once', async () => {
  const server = await serve((_, response) => response.writeHead(404).end());
  const error = await failureOf(downloader().fetchBytes(`${server.url}/dists/x`));
  expect(error.code).toBe('MIRROR_NOT_FOUND');
  expect(error.message).toBe(`${server.url}/dists/x does not exist.`);
  expect(server.requests()).toBe(1);
});

test('wrong content is asked for once more, past caches, then refused', async () => {
  const asked: (string | undefined)[] = [];
  const { url } = await serve((request, response) => {
    asked.push(request.headers['cache-control']);
    response.end('lies');
  });
  const path = join(directory, 'file');
  const error = await failureOf(downloader().fetchToFile(url, path, { expectedSha256: sha256 }));
  expect(error.code).toBe('HASH_MISMATCH');
  expect(error.message).toContain(sha256);
  expect(error.data).toMatchObject({ expectedSha256: sha256, sizeBytes: 4 });
  expect(asked).toEqual([undefined, 'no-cache']);
  await expect(stat(path)).rejects.toThrow('ENOENT');
});

test('an endless body is cut off at the expected size', async () => {
  const { url } = await serve((_, response) => {
    const more = () => {
      while (response.writable && response.write(payload));
      response.once('drain', more);
    };
    more();
  });
  const error = await failureOf(downloader().fetchToFile(url, join(directory, 'file'), { expectedSizeBytes: 1000 }));
  expect(error.code).toBe('HASH_MISMATCH');
  expect(error.data['sizeBytes']).toBeLessThan(2_000_000);
});

test('a .gz with a content encoding stays a .gz', async () => {
  const packed = gzipSync(payload);
  const { url } = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed));
  expect(await downloader().fetchBytes(url)).toEqual(packed);
});

test('redirects are followed, but not to files and not for ever', async () => {
  const server = await serve((request, response) => {
    if (request.url === '/there') response.end('here');
    else response.writeHead(302, { location: request.url === '/file' ? 'file:///etc/passwd' : `${request.url}` }).end();
  });
  const moved = await serve((_, response) => response.writeHead(301, { location: `${server.url}/there` }).end());
  expect((await downloader().fetchBytes(moved.url)).toString()).toBe('here');
  expect((await failureOf(downloader().fetchBytes(`${server.url}/file`))).message).toContain('status 302');
  expect((await failureOf(downloader().fetchBytes(`${server.url}/loop`))).message).toContain('status 302');
});

test.each([
  ['http://127.0.0.1:1/x', 'it refuses the connection'],
  ['http://no-such-host.invalid/x', '(DNS)'],
])('%s is unreachable: %s', async (url, reason) => {
  const error = await failureOf(downloader({ retries: 0 }).fetchBytes(url));
  expect(error.code).toBe('MIRROR_UNREACHABLE');
  expect(error.message).toContain(reason);
});

test('credentials are sent but never shown', async () => {
  const server = await serve((request, response) => {
    const allowed = request.headers.authorization === `Basic ${Buffer.from('me:s3cret').toString('base64')}`;
    if (request.url === '/ok' && allowed) response.end('in');
    else response.writeHead(404).end();
  });
  const base = `http://me:s3cret@127.0.0.1:${server.port}`;
  expect((await downloader().fetchBytes(`${base}/ok`)).toString()).toBe('in');
  const error = await failureOf(downloader().fetchBytes(`${base}/missing`));
  expect(JSON.stringify(error)).not.toContain('s3cret');
  expect(error.message).toContain('http://***@127.0.0.1');
});

test('an abort ends the download at once', async () => {
  const { url } = await serve((_, response) => void response.write('x'));
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  const options = { signal: controller.signal };
  const action = downloader({ stallTimeoutMs: 60_000 }).fetchToFile(url, join(directory, 'file'), options);
  expect((await failureOf(action)).code).toBe('INTERRUPTED');
});

test('what is aborted before it starts fails like any other', async () => {
  const { url } = await serve((_, response) => response.end(payload));
  await writeFile(join(directory, 'local'), 'x');
  const signal = AbortSignal.abort();
  for (const address of [url, pathToFileURL(join(directory, 'local')).href]) {
    const action = downloader().fetchToFile(address, join(directory, 'file'), { signal });
    expect((await failureOf(action)).code).toBe('INTERRUPTED');
  }
});

test('file: URLs', async () => {
  await writeFile(join(directory, 'a b'), 'local');
  const { href } = pathToFileURL(join(directory, 'a b'));
  expect((await downloader().fetchBytes(href)).toString()).toBe('local');
  expect((await failureOf(downloader().fetchBytes(`${href}.absent`))).code).toBe('MIRROR_NOT_FOUND');
  expect((await failureOf(downloader().fetchBytes(pathToFileURL(directory).href))).code).toBe('MIRROR_UNREACHABLE');
});

test('conditional requests', async () => {
  const { url } = await serve((request, response) => {
    if (request.headers['if-none-match'] === '"v1"') response.writeHead(304).end();
    else response.writeHead(200, { etag: '"v1"', 'last-modified': 'Sat, 12 Sep 2026 07:55:41 GMT' }).end('text');
  });
  const first = await downloader().conditionalGet(url, {});
  expect(first?.bytes.toString()).toBe('text');
  expect(first?.validators).toEqual({ etag: '"v1"', lastModified: 'Sat, 12 Sep 2026 07:55:41 GMT' });
  expect(await downloader().conditionalGet(url, first?.validators ?? {})).toBeUndefined();
});

test('no more requests than allowed are under way', async () => {
  let open = 0;
  let most = 0;
  const { url } = await serve((_, response) => {
    most = Math.max(most, ++open);
    setTimeout(() => response.end('x', () => open--), 20);
  });
  const { fetchBytes } = downloader({ concurrency: 3 });
  await Promise.all(Array.from({ length: 12 }, () => fetchBytes(url)));
  expect(most).toBe(3);
});

test('a proxy is asked for the absolute address, and gets its own credentials', async () => {
  const proxy = await serve((request, response) => {
    response.end(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`);
  });
  const { fetchBytes } = downloader({ proxy: `http://me:pw@127.0.0.1:${proxy.port}` });
  const credentials = `Basic ${Buffer.from('me:pw').toString('base64')}`;
  const answer = await fetchBytes('http://mirror.example/debian/x');
  expect(answer.toString()).toBe(`GET http://mirror.example/debian/x ${credentials}`);
});

test('https goes through the proxy by CONNECT', async () => {
  const asked: string[] = [];
  const proxy = await serve(() => undefined);
  servers[0]?.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const far = connect(1, '127.0.0.1');
    far.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  });
  const error = await failureOf(downloader({ proxy: proxy.url, retries: 0 }).fetchBytes('https://mirror.example/x'));
  expect(error.code).toBe('MIRROR_UNREACHABLE');
  expect(asked[0]).toBe('mirror.example:443');
});

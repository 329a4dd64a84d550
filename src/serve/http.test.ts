import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ServeRequest } from '../events/events.ts';
import { parseByteRange } from './byteRange.ts';
import { startHttp } from './http.ts';

const bytes = 'x'.repeat(3_000_000);

interface Site {
  readonly port: number;
  readonly requests: readonly ServeRequest[];
}

async function site(): Promise<Site> {
  const root = await mkdtemp(join(tmpdir(), 'http-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const files = {
    'secret.txt': 'secret',
    'tftp/boot.ipxe': 'as built',
    'tftp/live/vmlinuz': 'kernel',
    'tftp/empty': '',
    'root/live/filesystem.squashfs': bytes,
    'served.ipxe': 'as served',
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, name, '..'), { recursive: true });
    await writeFile(join(root, name), text);
  }
  await symlink('../secret.txt', join(root, 'tftp/out'));
  await symlink('vmlinuz', join(root, 'tftp/live/inside'));
  const requests: ServeRequest[] = [];
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const server = await startHttp({
    address: '127.0.0.1',
    port,
    mounts: [
      { prefix: '/', directory: join(root, 'tftp') },
      { prefix: '/debian-live/', directory: join(root, 'root') },
    ],
    replaced: new Map([[join(root, 'tftp/boot.ipxe'), join(root, 'served.ipxe')]]),
    onRequest: (request) => requests.push(request),
  });
  onTestFinished(() => server.stop());
  return { port, requests };
}

/** As typed: `fetch` would tidy `..` away before it asks. */
function ask(port: number, head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head}\r\nHost: x\r\nConnection: close\r\n\r\n`));
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

test('files of both halves, menus as served, links that stay inside', async () => {
  const { port, requests } = await site();
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  expect(await get('/boot.ipxe')).toBe('as served');
  expect(await get('//live//vmlinuz?x=1')).toBe('kernel');
  expect(await get('/live/inside')).toBe('kernel');
  expect(await get('/empty')).toBe('');
  expect(await get('/debian-live/live/filesystem.squashfs')).toBe(bytes);
  // The client may have all of it before we know that it has.
  await expect
    .poll(() => requests.at(-1))
    .toEqual({
      protocol: 'http',
      client: '127.0.0.1',
      request: 'GET /debian-live/live/filesystem.squashfs',
      outcome: '200, 3000000 bytes',
      isGood: true,
    });
});

test('HEAD tells the size and sends nothing', async () => {
  const { port } = await site();
  const answer = await ask(port, 'HEAD /debian-live/live/filesystem.squashfs HTTP/1.1');
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  // GRUB's UEFI HTTP boot knows this spelling alone.
  expect(answer).toContain('\r\nContent-Length: 3000000\r\n');
  expect(answer.endsWith('\r\n\r\n')).toBe(true);
});

test('a part of a file', async () => {
  const { port } = await site();
  const answer = await ask(port, 'GET /live/vmlinuz HTTP/1.1\r\nRange: bytes=1-2');
  expect(answer).toMatch(/^HTTP\/1\.1 206 /);
  expect(answer).toMatch(/content-range: bytes 1-2\/6\r\n/i);
  expect(answer.endsWith('\r\n\r\ner')).toBe(true);
  expect(await ask(port, 'GET /live/vmlinuz HTTP/1.1\r\nRange: bytes=6-')).toMatch(/^HTTP\/1\.1 416 /);
});

test.each([
  'GET /../secret.txt HTTP/1.1',
  'GET /live/../../secret.txt HTTP/1.1',
  'GET /%2e%2e/secret.txt HTTP/1.1',
  'GET /live/..%2f..%2fsecret.txt HTTP/1.1',
  'GET /..%5csecret.txt HTTP/1.1',
  'GET /out HTTP/1.1',
  'GET /live/vmlinuz%00 HTTP/1.1',
  'GET /live/vmlinuz/ HTTP/1.1x',
  'GET /%ff HTTP/1.1',
  'GET / HTTP/1.1',
  'GET /live HTTP/1.1',
  'GET /debian-live HTTP/1.1',
  'GET http://127.0.0.1/live/vmlinuz HTTP/1.1',
  'PUT /live/vmlinuz HTTP/1.1',
])('%s: nothing is had', async (head) => {
  const { port } = await site();
  const answer = await ask(port, head);
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(answer).not.toContain('secret');
});

test.each([
  [undefined, undefined],
  ['bytes=0-', { first: 0, last: 99 }],
  ['bytes=10-19', { first: 10, last: 19 }],
  ['bytes=90-1000', { first: 90, last: 99 }],
  ['bytes=-10', { first: 90, last: 99 }],
  ['bytes=-1000', { first: 0, last: 99 }],
  ['bytes=-0', 'none'],
  ['bytes=100-', 'none'],
  ['bytes=5-4', undefined],
  ['bytes=0-1,5-6', undefined],
  ['lines=1-2', undefined],
  ['bytes=-', undefined],
] as const)('Range: %s', (header, range) => {
  expect(parseByteRange(header, 100)).toEqual(range);
});

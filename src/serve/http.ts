import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ServeRequest } from '../events/events.ts';
import type { ServiceEnd } from '../sandbox/service.ts';
import { parseByteRange } from './byteRange.ts';
import type { Started } from './services.ts';
import { resolveWebPath, type WebSite } from './webPaths.ts';

export interface HttpOptions extends WebSite {
  readonly address: string;
  readonly port: number;
  readonly onRequest: (request: ServeRequest) => void;
}

/** Serves files over HTTP: GET and HEAD, whole or in part, streamed. Nothing is listed and nothing can be written. */
export async function startHttp(options: HttpOptions): Promise<Started> {
  const server = createServer((request, response) => void answer(request, response, options));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.address, resolve);
  });
  const ended = new Promise<ServiceEnd>((resolve) => {
    server.once('close', () => resolve({ code: 0, signal: null, tail: [] }));
  });
  return {
    name: 'The web server',
    hint: 'Start lb serve again.',
    ended,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await ended;
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: HttpOptions): Promise<void> {
  const target = request.url ?? '/';
  const outcome = await respond(request, response, options).catch(() => {
    if (!response.headersSent) response.writeHead(500).end();
    else response.destroy();
    return 'broken off';
  });
  options.onRequest({
    protocol: 'http',
    client: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '',
    request: `${request.method} ${target}`,
    outcome,
    isGood: /^2/.test(outcome),
  });
}

async function respond(request: IncomingMessage, response: ServerResponse, site: WebSite): Promise<string> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, { Allow: 'GET, HEAD' });
  const path = await resolveWebPath(request.url ?? '/', site);
  const stats = path === undefined ? undefined : await stat(path);
  if (path === undefined || stats?.isFile() !== true) return refuse(response, 404);
  return sendFile(request, response, { path, stats });
}

async function sendFile(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  { path, stats }: { readonly path: string; readonly stats: Stats },
): Promise<string> {
  const range = parseByteRange(headers.range, stats.size);
  if (range === 'none') return refuse(response, 416, { 'Content-Range': `bytes */${stats.size}` });
  const { first, last } = range ?? { first: 0, last: stats.size - 1 };
  const status = range === undefined ? 200 : 206;
  // Spelled so: GRUB, started by UEFI's HTTP boot, takes a file whose "content-length" it cannot find for an empty one.
  response.writeHead(status, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': last - first + 1,
    'Last-Modified': stats.mtime.toUTCString(),
    'Accept-Ranges': 'bytes',
    ...(range && { 'Content-Range': `bytes ${first}-${last}/${stats.size}` }),
  });
  if (method === 'HEAD' || stats.size === 0) {
    response.end();
    return `${status}`;
  }
  await pipeline(createReadStream(path, { start: first, end: last, highWaterMark: 1 << 20 }), response);
  return `${status}, ${last - first + 1} bytes`;
}

function refuse(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): string {
  // Shim waits for more, and so for the end of the connection, which would otherwise be kept for seconds.
  response.writeHead(status, { ...headers, 'Content-Length': 0, Connection: 'close' }).end();
  return `${status}`;
}

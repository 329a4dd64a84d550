import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Dispatcher } from 'undici';
import { systemErrorCode } from '../errors.ts';

/** An answer, whatever its status. The body must be read to its end or destroyed. */
export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable;
}

export interface OpenOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Gives the proxy to use for a URL; undefined: go straight. */
  readonly proxyFor: (url: URL) => string | undefined;
}

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Opens `http:`, `https:` and `file:` URLs for reading and follows redirects. Bodies come as they are: nothing is
 * decoded, so that a `.gz` sent with `Content-Encoding: gzip` keeps its hash.
 */
export async function openUrl(url: URL, options: OpenOptions): Promise<Answer> {
  let current = url;
  for (let hop = 0; ; hop++) {
    const answer = await openOnce(current, options);
    const location = answer.headers['location'];
    if (!REDIRECTS.has(answer.status) || location === undefined) return answer;
    answer.body.destroy();
    const next = new URL(location, current);
    // A mirror on the net must not make us read local files.
    if (hop === MAX_REDIRECTS || !/^https?:$/.test(next.protocol)) return answer;
    current = next;
  }
}

function openOnce(url: URL, options: OpenOptions): Promise<Answer> {
  if (url.protocol === 'file:') return openFile(url, options.signal);
  const proxy = options.proxyFor(url);
  return proxy === undefined ? openDirectly(url, options) : openThroughProxy(url, proxy, options);
}

async function openFile(url: URL, signal: AbortSignal): Promise<Answer> {
  const path = fileURLToPath(url);
  try {
    const { size } = await stat(path);
    const body = quiet(createReadStream(path, { signal }));
    return { status: 200, headers: { 'content-length': String(size) }, body };
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    const { Readable } = await import('node:stream');
    return { status: 404, headers: {}, body: Readable.from([]) };
  }
}

function openDirectly(url: URL, { headers, signal }: OpenOptions): Promise<Answer> {
  const start = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = start(url, { headers, signal }, (response) => {
      resolve({ status: response.statusCode ?? 0, headers: flatten(response.headers), body: quiet(response) });
    });
    request.on('error', reject);
    request.end();
  });
}

const proxyAgents = new Map<string, Promise<Dispatcher>>();

async function openThroughProxy(url: URL, proxy: string, { headers, signal }: OpenOptions): Promise<Answer> {
  const { request } = await import('undici');
  const dispatcher = await agentFor(proxy);
  // undici wants the credentials of a URL in a header.
  const response = await request(withoutCredentials(url), {
    dispatcher,
    signal,
    headers: { ...headers, ...authorization(url) },
  });
  return { status: response.statusCode, headers: flatten(response.headers), body: quiet(response.body) };
}

function agentFor(proxy: string): Promise<Dispatcher> {
  const known = proxyAgents.get(proxy);
  if (known !== undefined) return known;
  // Caching proxies refuse CONNECT to port 80 (apt-cacher-ng, squid): plain http is asked for by absolute address.
  const agent = import('undici').then(({ ProxyAgent }) => new ProxyAgent({ uri: proxy, proxyTunnel: false }));
  proxyAgents.set(proxy, agent);
  return agent;
}

function authorization(url: URL): Record<string, string> {
  if (url.username === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function withoutCredentials(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}

/** An abort may hit a body before anyone reads it; without a listener its error would end the process. */
function quiet<T extends Readable>(body: T): T {
  body.on('error', () => undefined);
  return body;
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value[0] : value]),
  );
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDownloader } from '../../src/debian/http.ts';
import { LivewrightError } from '../../src/errors.ts';

export interface LocalMirror {
  /** Ends in a slash. */
  readonly url: string;
  close(): void;
}

/**
 * Serves what the mirror `upstream` has; `spoil` may change a file on the way, by its path below the mirror, and `placeOf` says
 * where the mirror has what is asked for.
 */
export async function serveMirror(
  upstream: string,
  spoil: (path: string, bytes: Buffer) => Buffer,
  placeOf: (path: string) => string = (path) => path,
): Promise<LocalMirror> {
  const downloader = createDownloader();
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').replace('/debian/', '');
    downloader.fetchBytes(upstream + placeOf(path)).then(
      (bytes) => response.end(spoil(decodeURIComponent(path), bytes)),
      (error: unknown) => {
        const isMissing = error instanceof LivewrightError && error.code === 'MIRROR_NOT_FOUND';
        response.writeHead(isMissing ? 404 : 502).end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}/debian/`, close };
}

/** The same bytes but for one in the middle. */
export function spoilByte(bytes: Buffer): Buffer {
  const spoiled = Buffer.from(bytes);
  const middle = spoiled.length >> 1;
  spoiled[middle] = spoiled[middle]! ^ 1;
  return spoiled;
}

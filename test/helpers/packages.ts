import { execFileSync } from 'node:child_process';
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestPackage } from '../../src/debian/archive.testing.ts';
import type { LocalMirror } from './mirror.ts';

export interface PackageWish {
  readonly name: string;
  readonly version: string;
  /** Default: all. */
  readonly architecture?: string;
  /** Further fields of its control file. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Path -> content. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** A binary package as dpkg-deb makes it, and its stanza. */
export function buildPackage({
  name,
  version,
  architecture = 'all',
  fields = {},
  files = {},
}: PackageWish): TestPackage {
  const directory = mkdtempSync(join(tmpdir(), 'livewright-package-'));
  const control = {
    ...{ Package: name, Version: version, Architecture: architecture, Maintainer: 'x <x@y.example>' },
    ...fields,
    Description: 'a package of a test',
  };
  const text = Object.entries(control).map(([field, value]) => `${field}: ${value}\n`);
  for (const [path, content] of Object.entries({ 'DEBIAN/control': text.join(''), ...files })) {
    const file = join(directory, 'root', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: path.startsWith('DEBIAN/') || path.includes('bin/') ? 0o755 : 0o644 });
  }
  const deb = join(directory, 'package.deb');
  execFileSync('dpkg-deb', ['--root-owner-group', '-b', join(directory, 'root'), deb], { stdio: 'pipe' });
  const bytes = readFileSync(deb);
  rmSync(directory, { recursive: true });
  return { fields: control, deb: bytes };
}

/** Serves the files of a directory. */
export async function serveDirectory(directory: string): Promise<LocalMirror> {
  const server = createServer((request, response) => {
    const path = join(directory, decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    const isFile = statSync(path, { throwIfNoEntry: false })?.isFile();
    response.writeHead(isFile ? 200 : 404);
    if (isFile) createReadStream(path).pipe(response);
    else response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

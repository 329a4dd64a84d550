import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent, systemErrorCode } from '../errors.ts';
import { type AptSource, parseOneLineSources, parseStanzaSources } from './aptSources.ts';

/** Where this machine gets Debian from. Both end in a slash. */
export interface HostMirrors {
  readonly main: string;
  readonly security: string;
}

export const fallbackMirrors: HostMirrors = {
  main: 'http://ftp.debian.org/debian/',
  security: 'http://security.debian.org/debian-security/',
};

/** Other distributions and third parties use suites called `stable` or `bookworm` too; these are Debian's own. */
const debianSuite =
  /^(sid|unstable|testing|stable|oldstable|buster|bullseye|bookworm|trixie|forky|duke)([-/](updates|security))?$/;

/**
 * The archives of Debian among the host's apt sources: the first for the main suites and the first for security
 * updates, in apt's order of files. What is missing or unreadable is filled from `fallbackMirrors`.
 */
export async function readHostMirrors(aptDirectory: string): Promise<HostMirrors> {
  const debian = (await readSources(aptDirectory)).filter(isDebian);
  const main = debian.find((source) => source.suites.some((name) => !isSecurity(name)));
  const security = debian.find((source) => source.suites.some(isSecurity));
  return {
    main: main === undefined ? fallbackMirrors.main : withSlash(main.uri),
    security: security === undefined ? fallbackMirrors.security : withSlash(security.uri),
  };
}

const isSecurity = (suite: string) => /[-/]security$|^[a-z]+\/updates$/.test(suite);

function withSlash(uri: string): string {
  return uri.endsWith('/') ? uri : `${uri}/`;
}

function isDebian(source: AptSource): boolean {
  if (!source.isBinary || !URL.canParse(source.uri)) return false;
  const uri = new URL(source.uri);
  // A mirror with a password in it must not end up in the files of an image.
  if (!/^https?:$/.test(uri.protocol) || uri.username !== '' || uri.password !== '') return false;
  if (!source.components.includes('main') || !source.suites.some((suite) => debianSuite.test(suite))) return false;
  if (source.signedBy?.startsWith('/')) return /\/debian-archive-[^/]*\.(gpg|pgp|asc)\b/.test(source.signedBy);
  return uri.pathname.split('/').some((part) => part === 'debian' || part === 'debian-security');
}

async function readSources(aptDirectory: string): Promise<AptSource[]> {
  const parts = join(aptDirectory, 'sources.list.d');
  const names = (await orIfAbsent(readdir(parts), [])).sort();
  const files = [join(aptDirectory, 'sources.list'), ...names.map((name) => join(parts, name))];
  const sources = await Promise.all(files.map(readSourceFile));
  return sources.flat();
}

async function readSourceFile(path: string): Promise<AptSource[]> {
  if (!/\.(list|sources)$/.test(path)) return [];
  try {
    const text = await readFile(path, 'utf8');
    return path.endsWith('.list') ? parseOneLineSources(text) : parseStanzaSources(text);
  } catch (error) {
    // Sources with passwords are often unreadable for ordinary users; the fallback serves as well.
    if (systemErrorCode(error) !== undefined) return [];
    throw error;
  }
}

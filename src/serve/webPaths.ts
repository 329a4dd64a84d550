import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { orIfAbsent } from '../errors.ts';

/** A directory and where it stands in URLs. */
export interface WebMount {
  /** `/`, `/debian-live/`: with a slash at both ends. */
  readonly prefix: string;
  readonly directory: string;
}

export interface WebSite {
  /** The longest prefix that fits decides. */
  readonly mounts: readonly WebMount[];
  /** Files to be read from elsewhere, by the path they stand for. */
  readonly replaced: ReadonlyMap<string, string>;
}

/** The file a request's target names, or undefined where there is none to be had: it never leads out of the mounts. */
export async function resolveWebPath(target: string, site: WebSite): Promise<string | undefined> {
  const path = decodePath(target);
  if (path === undefined) return undefined;
  const mount = site.mounts
    .filter(({ prefix }) => path.startsWith(prefix))
    .toSorted((a, b) => b.prefix.length - a.prefix.length)[0];
  if (mount === undefined) return undefined;
  const file = join(mount.directory, path.slice(mount.prefix.length));
  const replacement = site.replaced.get(file);
  if (replacement !== undefined) return replacement;
  // A link may lead to another file of its own tree and no further.
  const [real, root] = await Promise.all([
    orIfAbsent(realpath(file), undefined).catch(() => undefined),
    realpath(mount.directory),
  ]);
  return real?.startsWith(root + sep) === true ? real : undefined;
}

/** `/a/b` of `/a//b?query`; undefined if it cannot be decoded, or has `..` however it is written. */
function decodePath(target: string): string | undefined {
  try {
    const path = decodeURIComponent(target.split(/[?#]/, 1)[0] ?? '');
    const parts = path.split('/').filter(Boolean);
    const isBad = path.includes('\0') || path.includes('\\') || parts.includes('..') || parts.includes('.');
    return path.startsWith('/') && !isBad ? `/${parts.join('/')}` : undefined;
  } catch {
    return undefined;
  }
}

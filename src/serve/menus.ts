import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compareBytes } from '../media/mediumFiles.ts';

/** What the served menus shall say in the place of what stands in the image. */
export interface ServedAddresses {
  /** Absent: NFS is not served from here, so `nfsroot=` stays. */
  readonly nfsServer?: string;
  /** `192.168.77.1:8080`; absent: HTTP is not served from here, so `fetch=` stays. */
  readonly webServer?: string;
}

export interface ServedMenus {
  /** File of `tftpboot/` -> file to serve in its place. */
  readonly replaced: ReadonlyMap<string, string>;
  /** Servers that the image names and the served menus do not. */
  readonly hiddenServers: readonly string[];
  /** The directory that the menus mount: `/srv/debian-live`; undefined where none does. */
  readonly exportPath: string | undefined;
}

export interface MenuOptions {
  readonly tftpDirectory: string;
  readonly addresses: ServedAddresses;
  /** Where the copies go. */
  readonly scratch: string;
}

const menuName = /(?:\.(?:cfg|conf|ipxe)|^pxelinux\.cfg\/.*)$/;
const menuBytes = 1 << 20;

/** Makes copies of those menus that name another server than the one that is going to serve. */
export async function prepareMenus({ tftpDirectory, addresses, scratch }: MenuOptions): Promise<ServedMenus> {
  const replaced = new Map<string, string>();
  const hidden = new Set<string>();
  let exportPath: string | undefined;
  for (const name of await listMenus(tftpDirectory)) {
    const file = join(tftpDirectory, name);
    const text = await readFile(file, 'latin1');
    exportPath ??= nfsPath(text);
    const served = rewriteMenu(text, addresses);
    if (served.text === text) continue;
    for (const server of served.hiddenServers) hidden.add(server);
    const copy = join(scratch, name);
    await mkdir(dirname(copy), { recursive: true });
    await writeFile(copy, served.text, 'latin1');
    replaced.set(file, copy);
  }
  return { replaced, hiddenServers: [...hidden].sort(), exportPath };
}

/** Puts the serving addresses into a menu's kernel parameters; bytes that are none of these stay as they are. */
export function rewriteMenu(
  text: string,
  { nfsServer, webServer }: ServedAddresses,
): { text: string; hiddenServers: string[] } {
  const hiddenServers: string[] = [];
  const put = (served: string | undefined) => (whole: string, before: string, server: string, after: string) => {
    if (served === undefined || server === served) return whole;
    hiddenServers.push(server);
    return `${before}${served}${after}`;
  };
  const rewritten = text
    .replace(/(\bnfsroot=)(?!\/)([^\s:,"']+)(:)/g, put(nfsServer))
    .replace(/(\b(?:fetch|httpfs)=http:\/\/)([^\s/"']+)(\/)/g, put(webServer));
  return { text: rewritten, hiddenServers };
}

/** The path in `nfsroot=SERVER:PATH`. */
function nfsPath(text: string): string | undefined {
  return /\bnfsroot=(?:[^\s:,"'/]*:)?(\/(?!\/)[^\s,"']*)/.exec(text)?.[1];
}

async function listMenus(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((name) => menuName.test(name));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
  return names.filter((_, index) => sizes[index]! <= menuBytes).sort(compareBytes);
}

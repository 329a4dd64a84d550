import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PoolPackage } from './poolLock.ts';
import { areaOf, poolPath } from './poolPlaces.ts';

/** What is known of firmware packages. */
export interface FirmwareFacts {
  /** Lines `PATH`, tab, `PACKAGE`. */
  readonly files: string;
  /** Lines `PACKAGE`, tab, `MODALIAS`. */
  readonly patterns: string;
}

/**
 * `firmware/` of a medium, where the installer's hw-detect looks: links to the packages; `Contents-firmware`, in which it finds
 * the package of a file that a driver missed; `dep11/`, by which it finds those of the devices that are there. As debian-cd.
 */
export async function writeFirmware(
  directory: string,
  packages: readonly PoolPackage[],
  { files, patterns }: FirmwareFacts,
): Promise<void> {
  const place = join(directory, 'firmware');
  await mkdir(join(place, 'dep11'), { recursive: true });
  const pathsOf = groupLines(files, ([path = '', name = '']) => [name, path]);
  const aliasesOf = groupLines(patterns, ([name = '', alias = '']) => [name, alias]);
  const contents: string[] = [];
  for (const item of packages) {
    const path = poolPath(item);
    const file = basename(path);
    const area = areaOf(item.section);
    await symlink(`../${path}`, join(place, file));
    for (const found of pathsOf.get(item.name) ?? []) contents.push(`/${found.padEnd(54)} ${file} ${area}\n`);
    const aliases = aliasesOf.get(item.name);
    if (aliases === undefined) continue;
    await writeFile(join(place, 'dep11', `${item.name}.patterns`), aliases.map(toPattern).join(''));
    await writeFile(join(place, 'dep11', `${item.name}.component`), `${area}\n`);
  }
  await writeFile(join(place, 'Contents-firmware'), contents.toSorted().join(''));
}

/** A regular expression of grep for what modprobe has a shell pattern for. */
function toPattern(modalias: string): string {
  return `^${modalias.replaceAll('*', '.*')}$\n`;
}

function groupLines(text: string, parse: (parts: readonly string[]) => readonly [string, string]) {
  const groups = new Map<string, string[]>();
  for (const line of text.split('\n').filter(Boolean)) {
    const [name, value] = parse(line.split('\t'));
    groups.set(name, [...(groups.get(name) ?? []), value]);
  }
  return groups;
}

import { expectedReason } from './expected.ts';
import type { RootFile, RootFiles } from './files.ts';
import type { MenuEntry } from './menus.ts';

/** How two lists differ: live-build's (there) and ours (here). */
export interface Differences {
  readonly title: string;
  readonly countThere: number;
  readonly countHere: number;
  readonly onlyThere: readonly string[];
  readonly onlyHere: readonly string[];
  /** Of what both have. */
  readonly changed: readonly { readonly name: string; readonly there: string; readonly here: string }[];
  /** Known to differ, with the reasons; not counted among the others. */
  readonly expected: ReadonlyMap<string, readonly string[]>;
}

type Kind = 'packages' | 'system' | 'medium' | 'menu';

interface CompareRequest {
  readonly title: string;
  readonly kind: Kind;
  readonly there: ReadonlyMap<string, string>;
  readonly here: ReadonlyMap<string, string>;
}

/** Compares names and what stands behind them. */
export function compareMaps({ title, kind, there, here }: CompareRequest): Differences {
  const expected = new Map<string, string[]>();
  const isExpected = (name: string): boolean => {
    const reason = expectedReason(kind, name);
    if (reason !== undefined) expected.set(reason, [...(expected.get(reason) ?? []), name]);
    return reason !== undefined;
  };
  const onlyThere = [...there.keys()].filter((name) => !here.has(name) && !isExpected(name));
  const onlyHere = [...here.keys()].filter((name) => !there.has(name) && !isExpected(name));
  const changed = [...there].flatMap(([name, value]) => {
    const other = here.get(name);
    if (other === undefined || other === value || isExpected(name)) return [];
    return [{ name, there: value, here: other }];
  });
  return { title, countThere: there.size, countHere: here.size, onlyThere, onlyHere, changed, expected };
}

export function isSame({ onlyThere, onlyHere, changed }: Differences): boolean {
  return onlyThere.length + onlyHere.length + changed.length === 0;
}

/** Kind, mode, owner, size, target: times and contents are not compared. */
export function describeFiles(files: RootFiles): Map<string, string> {
  const describe = ({ kind, mode, owner, sizeBytes, target }: RootFile): string =>
    [
      kind,
      kind === 'symlink' ? '' : mode,
      owner,
      sizeBytes === null ? '' : `${sizeBytes} bytes`,
      target && `-> ${target}`,
    ]
      .filter(Boolean)
      .join(' ');
  return new Map([...files].map(([path, file]) => [`/${path}`, describe(file)]));
}

/** `grub: Live system` -> what it starts; of entries with one title, the further ones are numbered. */
export function describeMenus(entries: readonly MenuEntry[]): Map<string, string> {
  const described = new Map<string, string>();
  for (const { loader, title, kernel, initrd, parameters } of entries) {
    const key = `${loader}: ${title}`;
    let name = key;
    for (let count = 2; described.has(name); count += 1) name = `${key} (${count})`;
    described.set(name, [kernel, initrd && `initrd=${initrd}`, parameters].filter(Boolean).join(' '));
  }
  return described;
}

/** Paths alone. */
export function describePaths(paths: readonly string[]): Map<string, string> {
  return new Map(paths.map((path) => [`/${path}`, '']));
}

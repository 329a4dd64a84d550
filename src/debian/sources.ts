import type { Digest } from '../store/types.ts';

/** One file of a source package. */
export type SourceFile = {
  readonly name: string;
  readonly url: string;
  readonly sha256: Digest;
  readonly sizeBytes: number;
};

export type SourcePackage = {
  readonly name: string;
  readonly version: string;
  /** `.dsc` and what it names. */
  readonly files: readonly SourceFile[];
};

/** Looks for source packages in Sources lists (wiki.debian.org/DebianRepository/Format), by name and version. */
export class SourceLists {
  readonly #found = new Map<string, SourcePackage>();

  /** Of the same package in two lists, the earlier counts. */
  add(text: string, uri: string): void {
    for (const paragraph of text.split(/\n\n+/)) {
      const name = fieldOf(paragraph, 'Package');
      const version = fieldOf(paragraph, 'Version');
      const key = `${name} ${version}`;
      if (name === '' || this.#found.has(key)) continue;
      const directory = `${uri.replace(/\/+$/, '')}/${fieldOf(paragraph, 'Directory')}`;
      this.#found.set(key, { name, version, files: filesOf(paragraph, directory) });
    }
  }

  find(name: string, version: string): SourcePackage | undefined {
    return this.#found.get(`${name} ${version}`);
  }
}

function fieldOf(paragraph: string, name: string): string {
  return new RegExp(`^${name}: *(.*)$`, 'm').exec(paragraph)?.[1]?.trim() ?? '';
}

/** Lines ` SHA256 SIZE NAME`. A name is that of a file and leads nowhere else. */
function filesOf(paragraph: string, directory: string): SourceFile[] {
  const block = /^Checksums-Sha256:.*\n((?: .*(?:\n|$))*)/m.exec(paragraph)?.[1] ?? '';
  return block.split('\n').flatMap((line) => {
    const [, sha256, size, name] = /^ ([0-9a-f]{64}) (\d+) ([^/\s]+)$/.exec(line) ?? [];
    if (sha256 === undefined || name === undefined || name.startsWith('.')) return [];
    const url = `${directory}/${encodeURIComponent(name)}`;
    return [{ name, url, sha256: sha256 as Digest, sizeBytes: Number(size) }];
  });
}

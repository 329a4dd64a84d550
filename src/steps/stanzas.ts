/** Raw paragraphs of Packages files by name, kept as text: apt and dpkg read them again. */
export class Stanzas {
  readonly #byName = new Map<string, string[]>();

  /** Adds the paragraphs of one Packages file. `note` is added to each, for example where it came from. */
  add(text: string, note = ''): void {
    let start = 0;
    while (start < text.length) {
      const blank = text.indexOf('\n\n', start);
      const end = blank === -1 ? text.length : blank + 1;
      const paragraph = text.slice(start, end);
      if (paragraph.trim() !== '') this.#add(paragraph.endsWith('\n') ? paragraph + note : `${paragraph}\n${note}`);
      start = end + 1;
    }
  }

  #add(paragraph: string): void {
    const name = fieldOf(paragraph, 'Package');
    const known = this.#byName.get(name);
    if (known === undefined) this.#byName.set(name, [paragraph]);
    else known.push(paragraph);
  }

  get names(): Iterable<string> {
    return this.#byName.keys();
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** All paragraphs, in the order they were added. */
  *all(): Iterable<string> {
    for (const paragraphs of this.#byName.values()) yield* paragraphs;
  }

  /** The paragraphs of all versions of a package. */
  named(name: string): readonly string[] {
    return this.#byName.get(name) ?? [];
  }

  find(name: string, version: string, architecture: string): string | undefined {
    return this.findAll(name, version, architecture)[0];
  }

  /** Archives may have packages of one name and version that are not the same file. */
  findAll(name: string, version: string, architecture: string): readonly string[] {
    const isIt = (text: string) =>
      fieldOf(text, 'Version') === version && fieldOf(text, 'Architecture') === architecture;
    return this.#byName.get(name)?.filter(isIt) ?? [];
  }

  /** Whether some package provides the virtual package `name`. */
  provides(name: string): boolean {
    for (const paragraph of this.all()) {
      if (!paragraph.includes(name)) continue;
      const provided = fieldOf(paragraph, 'Provides').split(',');
      if (provided.some((relation) => relation.trim().replace(/[ (:].*$/, '') === name)) return true;
    }
    return false;
  }
}

/** The first line of a field, or an empty text. Every field of a Packages file that is asked for here has but one. */
export function fieldOf(paragraph: string, name: string): string {
  const start = paragraph.startsWith(`${name}:`) ? 0 : paragraph.indexOf(`\n${name}:`) + 1;
  if (start === 0 && !paragraph.startsWith(`${name}:`)) return '';
  const end = paragraph.indexOf('\n', start);
  return paragraph.slice(start + name.length + 1, end === -1 ? undefined : end).trim();
}

import type { Digest } from '../store/types.ts';
import { type Paragraph, parseParagraph } from './deb822.ts';
import { compareVersions } from './version.ts';

/** One version of a package that a Packages index offers. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Relative to `uri`. */
  readonly filename: string;
  /** The archive's base address, without a slash at the end. */
  readonly uri: string;
  readonly sizeBytes: number;
  readonly sha256: Digest;
  readonly priority: string;
  readonly section: string;
  /** Relation fields as they stand in the index; see relation.ts. */
  readonly depends: string;
  readonly preDepends: string;
  readonly provides: string;
  readonly isEssential: boolean;
  readonly source: string;
  readonly multiArch: string;
  readonly installedSizeKib: number;
}

/** The text of a Packages index and the archive it belongs to. */
export interface PackagesText {
  readonly uri: string;
  readonly text: string | Uint8Array;
  /** Named in errors. */
  readonly path?: string;
}

/** A package that offers a virtual name. */
export interface Provider {
  readonly package: Package;
  /** The version of the virtual package, where the provider gives one. */
  readonly version: string | undefined;
}

export interface PackageIndex {
  /** Every real name, in the order of the indices. */
  names(): Iterable<string>;
  /** All versions of `name`, highest first; of equal ones the earlier source first. */
  versions(name: string): readonly Package[];
  /** What apt would choose without pins: the highest version. */
  candidate(name: string): Package | undefined;
  /** Candidates that provide `name`, sorted by name. */
  providers(name: string): readonly Provider[];
}

const FIELDS = new Set([
  'package',
  'version',
  'architecture',
  'filename',
  'size',
  'sha256',
  'priority',
  'section',
  'depends',
  'pre-depends',
  'provides',
  'essential',
  'source',
  'multi-arch',
  'installed-size',
]);

/** A stanza not looked at yet; most never are. */
interface Stanza {
  readonly text: string;
  readonly uri: string;
  readonly path: string;
}

/**
 * Indexes Packages files for lookup by name. Only names and Provides are read at once (a suite has 70 000 stanzas);
 * a stanza is parsed when it is asked for, so RELEASE_FORMAT for a malformed one may come late.
 */
export function indexPackages(texts: readonly PackagesText[]): PackageIndex {
  const stanzas = new Map<string, Stanza[]>();
  const virtual = new Map<string, string[]>();
  const parsed = new Map<string, readonly Package[]>();
  for (const { uri, text, path } of texts) {
    const base = uri.replace(/\/+$/, '');
    const source = { uri: base, path: path ?? `Packages of ${base}` };
    for (const stanza of stanzasOf(text)) {
      const name = fieldOf(stanza, 'Package');
      append(stanzas, name, { ...source, text: stanza });
      const provides = fieldOf(stanza, 'Provides');
      if (provides !== '') for (const provided of providedNames(provides)) append(virtual, provided.name, name);
    }
  }

  function versions(name: string): readonly Package[] {
    const known = parsed.get(name);
    if (known !== undefined) return known;
    const found = (stanzas.get(name) ?? []).map(parseStanza);
    // Sorting is stable: of equal versions the first source stays in front.
    found.sort((a, b) => compareVersions(b.version, a.version));
    parsed.set(name, found);
    return found;
  }

  function providers(name: string): readonly Provider[] {
    return [...new Set(virtual.get(name))].sort().flatMap((provider) => {
      const candidate = versions(provider)[0];
      if (candidate === undefined) return [];
      const provided = providedNames(candidate.provides).filter((one) => one.name === name);
      return provided.map(({ version }) => ({ package: candidate, version }));
    });
  }

  return { names: () => stanzas.keys(), versions, candidate: (name) => versions(name)[0], providers };
}

const BLOCK_BYTES = 1 << 20;

/**
 * The stanzas of a Packages file. Bytes are taken as Latin-1, which is quick and right for the fields we read: all of
 * them are ASCII.
 */
function* stanzasOf(text: string | Uint8Array): Generator<string> {
  const bytes =
    typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  for (let start = 0; start < bytes.length; ) {
    const gap = bytes.indexOf('\n\n', start + BLOCK_BYTES);
    const end = gap < 0 ? bytes.length : gap + 2;
    for (const stanza of bytes.toString('latin1', start, end).split('\n\n')) if (stanza.trim() !== '') yield stanza;
    start = end;
  }
}

/** The value of a one-line field, without parsing the rest; empty if it is absent. */
function fieldOf(stanza: string, name: string): string {
  const label = `${name}:`;
  const start = stanza.startsWith(label) ? 0 : stanza.indexOf(`\n${label}`) + 1;
  if (start === 0 && !stanza.startsWith(label)) return '';
  const end = stanza.indexOf('\n', start);
  return stanza.slice(start + label.length, end < 0 ? stanza.length : end).trim();
}

function parseStanza({ text, uri, path }: Stanza): Package {
  return toPackage(parseParagraph(text, { only: FIELDS, path }), uri);
}

/** The address of a package's file. */
export function urlOf({ uri, filename }: Pick<Package, 'uri' | 'filename'>): string {
  return `${uri}/${filename.replace(/^(\.?\/)+/, '')}`;
}

function toPackage({ fields }: Paragraph, uri: string): Package {
  const field = (name: string) => fields.get(name) ?? '';
  const name = field('package');
  return {
    name,
    version: field('version'),
    architecture: field('architecture'),
    filename: field('filename'),
    uri,
    sizeBytes: Number(field('size')),
    sha256: field('sha256') as Digest,
    priority: field('priority'),
    section: field('section'),
    depends: field('depends'),
    preDepends: field('pre-depends'),
    provides: field('provides'),
    isEssential: field('essential') === 'yes',
    // `Source: name (version)`; absent where it is the package's own name.
    source: field('source').split(' ')[0] || name,
    multiArch: field('multi-arch'),
    installedSizeKib: Number(field('installed-size') || 0),
  };
}

/** `Provides: a, b (= 1.0)`; only `=` is allowed there (Policy 7.5). */
function providedNames(provides: string): readonly { readonly name: string; readonly version: string | undefined }[] {
  if (provides === '') return [];
  return [...provides.matchAll(/([^\s,()]+)\s*(?:\(=\s*([^)\s]+)\s*\))?/g)].map((match) => ({
    name: (match[1] ?? '').replace(/:.*$/, ''),
    version: match[2],
  }));
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

import { LivewrightError } from '../errors.ts';
import type { Digest } from '../store/types.ts';
import { type Paragraph, parseParagraph } from './deb822.ts';

/** A file listed in a Release file, with the path relative to it. */
export interface ReleaseFile {
  readonly sha256: Digest;
  readonly sizeBytes: number;
}

/** The fields of a Release file that matter for fetching (Debian wiki, DebianRepository/Format). */
export interface Release {
  readonly origin: string;
  readonly label: string;
  readonly suite: string;
  readonly codename: string;
  readonly version: string;
  readonly date: Date;
  readonly validUntil: Date | undefined;
  readonly architectures: readonly string[];
  readonly components: readonly string[];
  readonly acquireByHash: boolean;
  /** binary-ARCH indices hold the packages of architecture `all` too. */
  readonly allIsInEveryArchitecture: boolean;
  readonly files: ReadonlyMap<string, ReleaseFile>;
}

/** Parses the (verified) text of a Release file; `path` names it in errors. Throws RELEASE_FORMAT. */
export function parseRelease(text: string, path: string): Release {
  const paragraph = parseParagraph(text, { path });
  const field = (name: string) => paragraph.fields.get(name) ?? '';
  const architectures = words(field('architectures'));
  return {
    origin: field('origin'),
    label: field('label'),
    suite: field('suite'),
    codename: field('codename'),
    version: field('version'),
    date: parseDate(paragraph, 'date', path) ?? refuse(path, 'it has no Date'),
    validUntil: parseDate(paragraph, 'valid-until', path),
    architectures,
    components: words(field('components')),
    acquireByHash: field('acquire-by-hash') === 'yes',
    allIsInEveryArchitecture:
      !architectures.includes('all') || words(field('no-support-for-architecture-all')).includes('Packages'),
    files: parseFiles(paragraph, path),
  };
}

export interface FreshnessOptions {
  readonly url: string;
  readonly now?: Date;
  /** How long after Valid-Until the file is still taken; default none. */
  readonly slackMs?: number;
}

/** Throws RELEASE_EXPIRED if the release may no longer be used: an old state replayed, or a dead mirror. */
export function requireFresh(release: Release, options: FreshnessOptions): void {
  const { validUntil } = release;
  const now = options.now ?? new Date();
  if (validUntil === undefined || now.getTime() <= validUntil.getTime() + (options.slackMs ?? 0)) return;
  throw new LivewrightError('RELEASE_EXPIRED', {
    message: `${options.url} was valid until ${validUntil.toISOString()} only.`,
    hint: 'The mirror is no longer updated or the clock is wrong; for a frozen state set LIVEWRIGHT_CHECK_VALID_UNTIL=0.',
    data: { url: options.url, validUntil: validUntil.toISOString(), now: now.toISOString() },
  });
}

function parseFiles(paragraph: Paragraph, path: string): ReadonlyMap<string, ReleaseFile> {
  const listing = paragraph.fields.get('sha256');
  if (listing === undefined) return refuse(path, 'it lists no SHA256 sums');
  const files = new Map<string, ReleaseFile>();
  for (const line of listing.split('\n')) {
    if (line.trim() === '') continue;
    const [, sha256, size, name] = /^\s*([0-9a-f]{64})\s+(\d+)\s+(\S+)\s*$/.exec(line) ?? [];
    if (sha256 === undefined || name === undefined) return refuse(path, `"${line.trim()}" is not "SHA256 SIZE NAME"`);
    files.set(name, { sha256: sha256 as Digest, sizeBytes: Number(size) });
  }
  return files;
}

function parseDate(paragraph: Paragraph, name: string, path: string): Date | undefined {
  const value = paragraph.fields.get(name);
  if (value === undefined) return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? refuse(path, `"${value}" is not a date`) : date;
}

function words(value: string): readonly string[] {
  return value.split(/\s+/).filter((word) => word !== '');
}

function refuse(path: string, why: string): never {
  throw new LivewrightError('RELEASE_FORMAT', {
    message: `${path} is not a Release file we can use: ${why}.`,
    hint: 'Name another mirror.',
    data: { path },
  });
}

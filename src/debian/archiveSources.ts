import { LivewrightError, type Place } from '../errors.ts';
import { parseParagraphs } from './deb822.ts';

/** One archive suite of sources.list(5), as far as it is about binary packages. */
export interface ArchiveSource {
  readonly uri: string;
  readonly suite: string;
  /** Empty for a flat archive, whose suite ends in a slash. */
  readonly components: readonly string[];
  /** `arch=`; undefined: those of the system. */
  readonly architectures?: readonly string[];
  /** `signed-by=`: paths of keyrings in the system, fingerprints, or one armoured key. Empty: any key of apt's. */
  readonly signedBy: readonly string[];
  readonly isTrusted: boolean;
  readonly checkValidUntil?: boolean;
  readonly place: Required<Place>;
}

export interface SourcesText {
  readonly path: string;
  readonly text: string;
  /** What `$(ARCH)` stands for. */
  readonly architecture: string;
}

/** Reads `.list` (one line each) or `.sources` (deb822) by the name of the file. Throws CONFIG_SYNTAX. */
export function readArchiveSources(file: SourcesText): ArchiveSource[] {
  const sources = /\.sources(\.|$)/.test(file.path) ? readStanzas(file) : readLines(file);
  return sources.map((source) => ({
    ...source,
    uri: source.uri.replaceAll('$(ARCH)', file.architecture),
    suite: source.suite.replaceAll('$(ARCH)', file.architecture),
  }));
}

function readLines({ text, path }: SourcesText): ArchiveSource[] {
  return text.split('\n').flatMap((line, index) => {
    const place = { path, line: index + 1 };
    const bare = line.replace(/#.*$/, '').trim();
    if (bare === '') return [];
    const match = /^(deb|deb-src)\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)((?:\s+\S+)*)$/.exec(bare);
    if (match === null) throw notSource(bare, place);
    const [, type, settings = '', uri = '', suite = '', components = ''] = match;
    if (type === 'deb-src') return [];
    const options = new Map(words(settings).map((word) => readSetting(word, place)));
    return [checked({ uri, suite, components: words(components), ...settingsOf(options, ','), place })];
  });
}

function readSetting(word: string, place: Required<Place>): readonly [string, string] {
  const [, name, value] = /^([a-z-]+[+-]?)=(.*)$/i.exec(word) ?? [];
  if (name === undefined || value === undefined) throw notSource(`[${word}]`, place);
  return [name.toLowerCase(), value];
}

function readStanzas({ text, path }: SourcesText): ArchiveSource[] {
  const paragraphs = [...parseParagraphs(text, { path, errorCode: 'CONFIG_SYNTAX' })];
  return paragraphs.flatMap((paragraph) => {
    const field = (name: string) => paragraph.fields.get(name);
    if (!isTrue(field('enabled') ?? 'yes')) return [];
    const place = { path, line: paragraph.line };
    for (const name of ['types', 'uris', 'suites']) {
      if (!field(name)) throw missingField(name, place);
    }
    if (!words(field('types') ?? '').includes('deb')) return [];
    const options = new Map([...paragraph.fields].map(([name, value]) => [deb822Names[name] ?? name, value]));
    const rest = { components: words(field('components') ?? ''), ...settingsOf(options, ' '), place };
    return words(field('uris') ?? '').flatMap((uri) =>
      words(field('suites') ?? '').map((suite) => checked({ uri, suite, ...rest })),
    );
  });
}

/** Fields whose one-line name is another (sources.list(5)). */
const deb822Names: Readonly<Record<string, string>> = { architectures: 'arch' };

type Settings = Pick<ArchiveSource, 'architectures' | 'signedBy' | 'isTrusted' | 'checkValidUntil'>;

function settingsOf(options: ReadonlyMap<string, string>, separator: ',' | ' '): Settings {
  const listOf = (name: string) => (options.get(name) ?? '').split(separator === ',' ? ',' : /[\s,]+/).filter(Boolean);
  const architectures = listOf('arch');
  const checkValidUntil = options.get('check-valid-until');
  return {
    ...(architectures.length > 0 && { architectures }),
    signedBy: readSigners(options.get('signed-by') ?? ''),
    // allow-insecure still warns in apt, but the packages are taken all the same.
    isTrusted: ['trusted', 'allow-insecure'].some((name) => isTrue(options.get(name) ?? 'no')),
    ...(checkValidUntil !== undefined && { checkValidUntil: isTrue(checkValidUntil) }),
  };
}

/** deb822 allows the key itself, its empty lines written as a dot. */
function readSigners(text: string): string[] {
  if (!text.includes('-----BEGIN PGP')) return text.split(/[\s,]+/).filter(Boolean);
  return [text.replaceAll(/^\s*\.?\s*$/gm, '').trim()];
}

function checked(source: ArchiveSource): ArchiveSource {
  const isFlat = source.suite.endsWith('/');
  if (!/^(https?|file|copy):/.test(source.uri)) throw unknownScheme(source);
  if (isFlat === (source.components.length === 0)) return { ...source, uri: source.uri.replace(/^copy:/, 'file:') };
  throw new LivewrightError('CONFIG_SYNTAX', {
    message: isFlat
      ? `The suite "${source.suite}" ends in a slash, so there can be no components behind it.`
      : `The source has a suite, "${source.suite}", but no component such as main.`,
    hint: 'Write deb URI SUITE COMPONENT..., or deb URI DIRECTORY/ for an archive without suites.',
    place: source.place,
  });
}

function unknownScheme({ uri, place }: ArchiveSource): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `Packages cannot be fetched from "${uri}": only http, https and file addresses are.`,
    hint: 'Name another address of the archive.',
    place,
  });
}

function notSource(text: string, place: Required<Place>): LivewrightError {
  return new LivewrightError('CONFIG_SYNTAX', {
    message: `Expected "deb [OPTION=VALUE...] URI SUITE COMPONENT...", found "${text}".`,
    hint: 'See sources.list(5); comments begin with #.',
    place,
  });
}

function missingField(name: string, place: Required<Place>): LivewrightError {
  const spelled = { types: 'Types', uris: 'URIs', suites: 'Suites' }[name] ?? name;
  return new LivewrightError('CONFIG_SYNTAX', {
    message: `The stanza has no field ${spelled}.`,
    hint: 'A source needs Types, URIs and Suites, and Components unless the suite ends in a slash; see sources.list(5).',
    place,
  });
}

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);

/** As apt reads truth (apt-pkg/contrib/strutl.cc, StringToBool). */
const isTrue = (text: string): boolean => /^(1|yes|true|with|on|enable)$/i.test(text.trim());

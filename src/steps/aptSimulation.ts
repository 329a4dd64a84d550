import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LivewrightError } from '../errors.ts';
import { place } from '../rootfs/place.ts';
import type { Sandbox } from '../sandbox/run.ts';
import type { BlobRef, Store } from '../store/types.ts';
import type { IndexedSource } from './indexResult.ts';

/** What apt would do: packages to be installed and to be removed, in apt's order. */
export interface Simulated {
  readonly installed: readonly { readonly name: string; readonly version: string; readonly architecture: string }[];
  readonly removed: readonly string[];
  /** Packages that apt took for a task, a pattern or a virtual package; the user's choice as much as a name. */
  readonly selected: readonly string[];
}

export interface AptSimulation {
  /** Asks apt what installing `specs` on top of `installed` (dpkg status text) means. */
  simulate(request: AptRequest): Promise<Simulated>;
  /** What apt would fetch for it: of which archive, where a version is in more than one. See `unquoteUrl`. */
  urls(request: AptRequest): Promise<ReadonlySet<string>>;
}

export interface AptRequest {
  readonly specs: readonly string[];
  readonly installed: string;
  /** What counts unless the user's settings say otherwise; `never`: they have no say, as with debootstrap. */
  readonly recommends: boolean | 'never';
}

export interface AptSetting {
  readonly store: Store;
  readonly sandbox: Sandbox;
  readonly directory: string;
  readonly architecture: string;
  /** Further architectures of the target, whose indices are among those of the sources. */
  readonly foreign: readonly string[];
  /** Of equal versions apt takes that of the earlier source. */
  readonly sources: readonly IndexedSource[];
  /** What the user has in /etc/apt: path below it (`preferences.d/x.pref`) -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** Words for apt's command line (`--apt-options`). */
  readonly options: readonly string[];
  readonly log: (line: string) => void;
}

/** Sets up the tools tree's apt on verified indices, with nothing of the host's configuration. */
export async function openApt(setting: AptSetting): Promise<AptSimulation> {
  const { directory, store, sources } = setting;
  const lists = join(directory, 'lists');
  await mkdir(join(lists, 'partial'), { recursive: true });
  for (const source of sources) {
    for (const { name, file } of listFiles(source)) {
      await place(await store.blobPath(file), join(lists, name));
    }
  }
  await writeFile(
    join(directory, 'sources.list'),
    sources
      .filter(({ components }) => components.length > 0)
      .map(sourceLine)
      .join(''),
  );
  for (const [path, text] of Object.entries({ preferences: '', ...setting.files })) {
    await mkdir(dirname(join(directory, 'etc', path)), { recursive: true });
    await writeFile(join(directory, 'etc', path), text);
  }
  return {
    simulate: async (request) => parseSimulation(await ask(setting, request, ['--simulate'])),
    urls: async (request) => parseUrls(await ask(setting, request, ['--print-uris', '--assume-yes'])),
  };
}

function sourceLine({ uri, suite, components }: IndexedSource): string {
  const architectures = [...new Set(components.map(({ architecture }) => architecture))].filter(isReal);
  const limit = architectures.length > 0 ? ` arch=${architectures.join(',')}` : '';
  const names = [...new Set(components.map(({ name }) => name))];
  return `deb [trusted=yes${limit}] ${uri} ${suite} ${names.join(' ')}\n`;
}

/** Flat archives have one index for all; one of architecture `all` goes with every other. */
const isReal = (architecture: string): boolean => architecture !== '' && architecture !== 'all';

/** Names of a source's files in /var/lib/apt/lists, and the blobs that belong there. */
export function listFiles({ listName, inRelease, signature, components }: IndexedSource): ListFile[] {
  const indices = components.map((component) => ({ name: component.listName, file: component.packages }));
  const signed = signature === undefined ? [] : [{ name: `${listName}.gpg`, file: signature }];
  return [{ name: listName, file: inRelease }, ...signed, ...indices];
}

export interface ListFile {
  readonly name: string;
  readonly file: BlobRef;
}

async function ask(setting: AptSetting, request: AptRequest, how: readonly string[]): Promise<string> {
  const { sandbox, directory } = setting;
  await writeFile(join(directory, 'status'), request.installed);
  await writeFile(join(directory, 'apt.conf'), aptConf(setting, request.recommends === true));
  const lines: string[] = [];
  try {
    const { stdout } = await sandbox.runTool({
      // "--": a wish that begins with a dash is not an option.
      argv: ['apt-get', ...optionsFor(setting, request), ...how, 'install', '--', ...request.specs],
      binds: [{ source: directory, target: '/apt', writable: true }],
      env: { APT_CONFIG: '/apt/apt.conf' },
      onLine: (line) => {
        lines.push(line);
        setting.log(line);
      },
    });
    return stdout;
  } catch (error) {
    throw explainApt(error, lines);
  }
}

const optionsFor = ({ options }: AptSetting, { recommends }: AptRequest): string[] => [
  ...options,
  ...(recommends === 'never' ? ['--no-install-recommends'] : []),
];

/** The user's settings between ours: they overrule the options of `lb config`, and cannot lead out of this directory. */
const aptConf = ({ architecture, foreign, files }: AptSetting, recommends: boolean): string => `
APT::Install-Recommends "${recommends}";
${confFiles(Object.keys(files))
  .map((path) => `#include "/apt/etc/${path}";\n`)
  .join('')}
APT::Architecture "${architecture}";
#clear APT::Architectures;
APT::Architectures { ${[architecture, ...foreign].map((name) => `"${name}";`).join(' ')} };
APT::Sandbox::User "root";
quiet "0"; // else it does not say what it selected
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Dir::Etc::sourcelist "/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/apt/etc/preferences";
Dir::Etc::preferencesparts "/apt/etc/preferences.d/";
Dir::State::Lists "/apt/lists/";
Dir::State::status "/apt/status";
Dir::State::extended_states "/dev/null";
Dir::Cache "/apt/";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "srcpkgcache.bin";
Debug::NoLocking "true";
`;

/** apt.conf(5): the parts by name, then apt.conf. */
function confFiles(paths: readonly string[]): readonly string[] {
  return [
    ...paths.filter((path) => path.startsWith('apt.conf.d/')).sort(),
    ...paths.filter((path) => path === 'apt.conf'),
  ];
}

/**
 * Lines of apt-get --simulate: `Inst NAME [OLD] (VERSION ORIGIN [ARCH])`, `Remv NAME [VERSION]`, where NAME has `:ARCH`
 * for a foreign architecture, and `Note, selecting 'NAME' instead of 'VIRTUAL'` (or `for task|glob|regex 'PATTERN'`).
 */
export function parseSimulation(text: string): Simulated {
  const installed: { name: string; version: string; architecture: string }[] = [];
  const removed: string[] = [];
  const selected: string[] = [];
  for (const line of text.split('\n')) {
    const inst = /^Inst (\S+?)(?::[\w-]+)? (?:\[[^\]]*\] )?\((\S+) .*\[([\w-]+)\]\)/.exec(line);
    if (inst !== null) installed.push({ name: inst[1] ?? '', version: inst[2] ?? '', architecture: inst[3] ?? '' });
    const remv = /^Remv (\S+)/.exec(line);
    if (remv?.[1] !== undefined) removed.push(remv[1]);
    const note = /^Note, selecting '([^':]+)(?::[\w-]+)?' (?:instead of|for) /.exec(line);
    if (note?.[1] !== undefined) selected.push(note[1]);
  }
  return { installed, removed, selected };
}

/** Lines of apt-get --print-uris: `'URL' NAME SIZE [HASH]`, in which it quotes more than others do. */
function parseUrls(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^'([^']*)' \S+ \d+/gm)].map(([, url = '']) => unquoteUrl(url)));
}

/** An address as apt's and an index's can be compared. */
export const unquoteUrl = (url: string): string =>
  url.replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** apt's own explanation is the best there is; it is put where the sentence is. */
function explainApt(error: unknown, lines: readonly string[]): unknown {
  if (!(error instanceof LivewrightError) || error.code !== 'PROGRAM_FAILED') return error;
  const start = lines.findIndex((line) => /unmet dependencies/.test(line));
  const said = start === -1 ? lines.filter((line) => /^(E:|W:)/.test(line)) : lines.slice(start + 1);
  const sentence = said.map((line) => line.trim()).join('; ');
  return new LivewrightError('UNSATISFIABLE', {
    message: `The packages cannot be installed together: ${sentence.replace(/\.$/, '')}.`,
    hint: 'Take the package that cannot be had from the lists, or add the archive area or repository that has what it needs.',
    data: { said },
    cause: error,
  });
}

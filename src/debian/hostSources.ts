import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { parseParagraphs } from './deb822.ts';

/** One archive the host's own apt uses, as far as its files tell. */
export interface HostSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** The `deb` sources below `directory` in both formats (sources.list(5)); files that cannot be parsed are passed over. */
export async function readHostSources(directory = '/etc/apt'): Promise<readonly HostSource[]> {
  const parts = join(directory, 'sources.list.d');
  const names = (await orIfAbsent(readdir(parts), [])).sort();
  const sources: HostSource[] = [];
  for (const path of [join(directory, 'sources.list'), ...names.map((name) => join(parts, name))]) {
    const text = await orIfAbsent(readFile(path, 'utf8'), '');
    if (path.endsWith('.list')) sources.push(...parseOneLine(text));
    else if (path.endsWith('.sources')) sources.push(...parseStanzas(text));
  }
  return sources;
}

/**
 * The mirror of Debian's main archive that the host's apt uses, without a slash at the end; undefined on other systems.
 * Any suite of it will do, since a mirror has them all.
 */
export async function findHostMirror(directory = '/etc/apt'): Promise<string | undefined> {
  const sources = await readHostSources(directory);
  const main = sources.find(({ uri, suites, components }) => {
    const isArchive = /^(https?|file):/.test(uri) && /\/debian\/?$/.test(uri) && components.includes('main');
    return isArchive && suites.some((suite) => !suite.includes('-security'));
  });
  return main?.uri.replace(/\/+$/, '');
}

function parseOneLine(text: string): readonly HostSource[] {
  return text.split('\n').flatMap((line) => {
    const [, uri, suite, components] = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line) ?? [];
    if (uri === undefined || suite === undefined) return [];
    return [{ uri, suites: [suite], components: words(components) }];
  });
}

function parseStanzas(text: string): readonly HostSource[] {
  try {
    return [...parseParagraphs(text)].flatMap(({ fields }) => {
      const isUsed = words(fields.get('types')).includes('deb') && fields.get('enabled') !== 'no';
      if (!isUsed) return [];
      const suites = words(fields.get('suites'));
      const components = words(fields.get('components'));
      return words(fields.get('uris')).map((uri) => ({ uri, suites, components }));
    });
  } catch {
    return [];
  }
}

function words(value: string | undefined): readonly string[] {
  return (value ?? '').split(/\s+/).filter((word) => word !== '');
}

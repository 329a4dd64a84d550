import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';

/** Settings of apt.conf(5), names in lower case with `::` between their parts; items of lists are not among them. */
export type AptConf = ReadonlyMap<string, string>;

/** `#clear` and `#include` are directives and not comments, but neither matters here. */
const TOKEN = /\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|"([^"]*)"|([{};])|([^\s{};"]+)/g;

/** Parses apt.conf(5): `Name::Part "value";` and `Name { Part "value"; };` in any mixture. */
export function parseAptConf(text: string): AptConf {
  return new Map(entriesOf(text).filter(([name]) => !name.endsWith('::')));
}

/** The items of a list, named in lower case: `Name { "item"; };` and `Name:: "item";`. */
export function aptConfLists(text: string, name: string): string[] {
  return entriesOf(text).flatMap(([found, value]) => (found === `${name}::` ? [value] : []));
}

/** In their order; a list's items have its name with `::` behind it. */
function entriesOf(text: string): [name: string, value: string][] {
  const entries: [string, string][] = [];
  const scope: string[] = [];
  let words: string[] = [];
  const nameOf = (word: string) => [...scope, word].filter(Boolean).join('::').toLowerCase();
  for (const [, quoted, mark, bare] of text.matchAll(TOKEN)) {
    if (mark === '{') {
      scope.push(words[0] ?? '');
      words = [];
    } else if (mark === '}') {
      scope.pop();
      words = [];
    } else if (mark === ';') {
      const [name, value] = words;
      if (name !== undefined && value !== undefined) entries.push([nameOf(name), value]);
      else if (name !== undefined && scope.length > 0) entries.push([`${nameOf('')}::`, name]);
      words = [];
    } else {
      const word = quoted ?? bare;
      if (word !== undefined) words.push(word);
    }
  }
  return entries;
}

/** What the host's own apt is told in `/etc/apt`, later files overriding earlier ones; empty on other systems. */
export async function readHostAptConf(directory = '/etc/apt'): Promise<AptConf> {
  const parts = join(directory, 'apt.conf.d');
  const names = (await orIfAbsent(readdir(parts), [])).filter((name) => /^[A-Za-z0-9_-]+(\.conf)?$/.test(name)).sort();
  const settings = new Map<string, string>();
  for (const path of [...names.map((name) => join(parts, name)), join(directory, 'apt.conf')]) {
    const text = await orIfAbsent(readFile(path, 'utf8'), '');
    for (const [name, value] of parseAptConf(text)) settings.set(name, value);
  }
  return settings;
}

const FALSE_WORDS = new Set(['false', 'no', 'off', 'without', 'disable', '0']);

/**
 * Whether a Release file past its Valid-Until is an error: yes, unless the host's apt is told not to look
 * (a mirror that serves a frozen state), or LIVEWRIGHT_CHECK_VALID_UNTIL says otherwise.
 */
export async function checksValidUntil(env: NodeJS.ProcessEnv = process.env, directory = '/etc/apt'): Promise<boolean> {
  const wish = env['LIVEWRIGHT_CHECK_VALID_UNTIL'];
  if (wish) return !FALSE_WORDS.has(wish.toLowerCase());
  const setting = (await readHostAptConf(directory)).get('acquire::check-valid-until') ?? 'true';
  return !FALSE_WORDS.has(setting.toLowerCase());
}

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import type { Prepared } from './command.ts';
import type { Host } from './context.ts';
import { runScript } from './runScript.ts';

/**
 * `lb config --config GIT_URL[::REF]`: begins with a configuration from a repository, unless there is one here. The user's own git
 * fetches it, which knows his keys and passwords. As in live-build, all other words are written into the `auto/config`
 * that comes with it, so that they count in later runs too.
 */
export async function prepare(words: readonly string[], host: Host): Promise<Prepared> {
  const { wish, others } = takeWish(words);
  if (wish === undefined) return { words, warnings: [] };
  const present = ['.git', '.build/config'].find((path) => existsSync(join(host.directory, path)));
  if (present !== undefined) {
    const message = `--config ${wish} is left out: there is a configuration here already (${present}).`;
    return { words: others, warnings: words[0] === 'noauto' ? [] : [{ message }] };
  }
  const { url, ref } = splitWish(wish);
  await git(['clone', '--', url, '.'], host);
  if (ref !== undefined) await git(['checkout', ref, '--'], host);
  if (words[0] !== 'noauto') await keepWords(join(host.directory, 'auto/config'), others);
  return { words: others, warnings: [] };
}

/** The last `--config`, and the words without any. */
function takeWish(words: readonly string[]): { wish: string | undefined; others: string[] } {
  const others: string[] = [];
  let wish: string | undefined;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const found = /^--config?(?:=(.*))?$/s.exec(word);
    if (found === null) others.push(word);
    else wish = found[1] ?? rest.shift();
  }
  return { wish, others };
}

/** `https://git.example/a::b`: the repository, and what to check out of it. */
export function splitWish(wish: string): { url: string; ref: string | undefined } {
  const [url = '', ...rest] = wish.split('::');
  return { url, ref: rest.at(-1) };
}

async function git(argv: readonly string[], { directory, env, signal }: Host): Promise<void> {
  const exitCode = await runScript('git', argv, { directory, env, signal, outputTo: 'stderr' });
  if (exitCode === 0) return;
  throw new LivewrightError('PROGRAM_FAILED', {
    message: `git ${argv[0]} ended with ${exitCode}.`,
    hint: exitCode === 127 ? 'Install git, which lb config --config needs.' : 'What git says stands above.',
    data: { argv: ['git', ...argv], exitCode },
  });
}

async function keepWords(path: string, words: readonly string[]): Promise<void> {
  const text = await orIfAbsent(readFile(path, 'utf8'), undefined);
  if (text !== undefined && words.length > 0) await writeFile(path, insertWords(text, words));
}

/** An `auto/config` with more options before the user's, which stand for `"${@}"` in it. */
export function insertWords(script: string, words: readonly string[]): string {
  const quoted = words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
  const lines = script.split('\n');
  return lines.map((line) => line.replace(/"\$(?:@|\{@\})"/, (rest) => `${quoted.join(' ')} ${rest}`)).join('\n');
}

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { prompt, typeAt } from './terminal.ts';

const completion = fileURLToPath(new URL('../../share/completion/', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'livewright-completion-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What bash offers for the last word. */
function offeredByBash(line: string): string[] {
  const script = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lb; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const argv = ['--norc', '-c', script, join(completion, 'lb.bash'), ...line.split(' ')];
  // printf writes an empty line where there is nothing.
  return execFileSync('bash', argv, { encoding: 'utf8' }).split('\n').filter(Boolean);
}

/** The same of fish, which tells without a terminal. */
function offeredByFish(line: string): string[] {
  const script = `source ${completion}/lb.fish; complete -C ${JSON.stringify(line)}`;
  const output = execFileSync('fish', ['--no-config', '-c', script], {
    encoding: 'utf8',
    env: { HOME: scratch, PATH: process.env['PATH'] },
  });
  return output
    .split('\n')
    .slice(0, -1)
    .map((found) => found.split('\t')[0] ?? '');
}

test.each([
  ['lb con', ['config']],
  ['lb --verbose bui', ['build']],
  ['lb config --apt-re', ['--apt-recommends']],
  ['lb config --apt ', ['apt', 'apt-get', 'aptitude']],
  ['lb config -b hd', ['hdd']],
  ['lb config -b hdd,netb', ['hdd,netboot']],
  ['lb config --uefi-secure-boot d', ['disable']],
  ['lb config --iso-volume ', []],
  ['lb help ser', ['serve']],
  ['lb write --persistence-', ['--persistence-label']],
  ['lb build --dry', ['--dry-run']],
  ['lb build ', []],
])('%s: bash and fish offer', (line, words) => {
  expect(offeredByBash(line)).toEqual(words);
  expect(offeredByFish(line).sort()).toEqual([...words].sort());
});

test('bash takes "=" for a word of its own', () => {
  expect(offeredByBash('lb config --security = ')).toEqual(['true', 'false']);
  expect(offeredByBash('lb config --security = t')).toEqual(['true']);
  expect(offeredByBash('lb config --security =')).toEqual(['true', 'false']);
});

/** `lb` is a function that shows what words it was called with. */
const typed = ['lb conf\t--apt-rec\tfal\t--memtest=memtest86+ -b hdd,netb\t', 'lb write --persistence-l\tx'];
const shown = ['<config --apt-recommends false --memtest=memtest86+ -b hdd,netboot>', '<write --persistence-label x>'];

test.each([
  ['without the package bash-completion', 'true'],
  ['with it', 'source /usr/share/bash-completion/bash_completion'],
])('bash completes at a terminal, %s', async (_, first) => {
  const lines = [first, `source ${completion}/lb.bash; lb() { printf '<%s>\\n' "$*"; }`, ...typed];
  const screen = await typeAt({ command: 'bash --norc --noprofile -i', lines, env: { PS1: prompt } });
  for (const words of shown) expect(screen).toContain(words);
});

test('zsh completes at a terminal', async () => {
  cpSync(join(completion, '_lb'), join(scratch, '_lb'));
  const setUp = `fpath=(${scratch} $fpath); autoload -Uz compinit; compinit -u -D; lb() { print -r -- "<$*>" }`;
  const screen = await typeAt({ command: 'zsh -f -i', lines: [setUp, ...typed], env: { PS1: prompt } });
  // zsh puts "=" behind an option that takes a value.
  expect(screen).toContain('<config --apt-recommends=false --memtest=memtest86+ -b hdd,netboot>');
  expect(screen).toContain('<write --persistence-label=x>');
});

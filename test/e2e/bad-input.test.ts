// What goes wrong for users, each with the real program: one sentence with the place, the remedy, a code, no stack trace.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readHostMirrors } from '../../src/config/hostMirrors.ts';
import { findDamage } from '../helpers/checkStore.ts';
import { copyFirst, type Finished, firstBuild, lb, lbSucceeds, runDirectory, startLb, write } from '../helpers/lb.ts';
import { type LocalMirror, serveMirror, spoilByte } from '../helpers/mirror.ts';
import { isRoot } from '../helpers/user.ts';

let upstream: string;
beforeAll(async () => {
  await firstBuild(); // fills the store, so that each case comes to its own trouble at once
  upstream = (await readHostMirrors('/etc/apt')).main;
});

interface Told {
  readonly exitCode: 1 | 2;
  readonly code: string;
  /** With the place in front of it, where there is one. */
  readonly sentence: RegExp;
  readonly remedy: RegExp;
}

/** Before any step, standard error has just the sentence and the remedy; after it, what the step did as well. */
function expectTold({ exitCode, stderr }: Finished, told: Told, when: 'at once' | 'in a step'): void {
  expect(stderr).toMatch(told.sentence);
  expect(stderr).toMatch(told.remedy);
  expect(exitCode).toBe(told.exitCode);
  expect(stderr.match(/\[[A-Z_]{4,}\]/g)).toEqual([`[${told.code}]`]);
  expect(stderr).not.toMatch(/^\s+at |\bnode:internal\b/m);
  if (when === 'at once') expect(stderr).toMatch(/^lb: .*\n {4}.* {3}\[[A-Z_]+\]\n$/);
}

type Case = Told & {
  readonly words?: readonly string[];
  /** Makes the tree wrong. */
  readonly spoil?: (directory: string) => unknown;
};

const config =
  (...words: string[]) =>
  (directory: string) =>
    lbSucceeds(['config', ...words], { directory });

/** Changes the third line of config/common. */
async function breakCommon(directory: string): Promise<void> {
  await config()(directory);
  const lines = readFileSync(join(directory, 'config/common'), 'utf8').split('\n');
  lines[2] = 'LB_SYSTEM="live';
  write(directory, 'config/common', lines.slice(0, 3).join('\n'));
}

const atOnce: Readonly<Record<string, Case>> = {
  'an unknown command': {
    words: ['buidl'],
    ...{ exitCode: 2, code: 'COMMAND_UNKNOWN', sentence: /"buidl"/, remedy: /Did you mean "build"\?/ },
  },
  'an unknown option': {
    words: ['build', '--jbos', '2'],
    ...{ exitCode: 2, code: 'OPTION_UNKNOWN', sentence: /"--jbos"/, remedy: /Did you mean "--jobs"\?/ },
  },
  'an unknown option of lb config': {
    words: ['config', 'noauto', '--distributoin', 'trixie'],
    ...{ exitCode: 2, code: 'OPTION_UNKNOWN', sentence: /"--distributoin"/, remedy: /Did you mean "--distribution"\?/ },
  },
  'an impossible value': {
    words: ['config', 'noauto', '--binary-images', 'floppy'],
    ...{ exitCode: 2, code: 'OPTION_VALUE', sentence: /floppy/, remedy: /iso-hybrid/ },
  },
  'a malformed file in config/': {
    spoil: breakCommon,
    ...{ exitCode: 2, code: 'CONFIG_SYNTAX', sentence: /^lb: config\/common:3: /, remedy: /quot/ },
  },
};

test.each(Object.entries(atOnce))('%s', async (name, { words = ['build'], spoil, ...told }) => {
  const directory = copyFirst(`bad/${name.replaceAll('/', ' ')}`);
  await spoil?.(directory);
  expectTold(await lb(words, { directory }), told, 'at once');
});

const inSteps: Readonly<Record<string, Case>> = {
  'a package that does not exist': {
    spoil: (directory) => write(directory, 'config/package-lists/mine.list.chroot', '# mine\nless\nnanoo\n'),
    exitCode: 2,
    code: 'PACKAGE_NOT_FOUND',
    sentence: /config\/package-lists\/mine\.list\.chroot:3: .*"nanoo"/,
    remedy: /Did you mean "nano"\?/,
  },
  'a dead mirror': {
    spoil: config('--mirror-bootstrap', 'http://127.0.0.1:1/debian/'),
    exitCode: 1,
    code: 'MIRROR_UNREACHABLE',
    sentence: /The mirror 127\.0\.0\.1:1 cannot be read: it refuses the connection\./,
    remedy: /--mirror-bootstrap/,
  },
  'a suite that the mirror does not have': {
    spoil: config('--distribution', 'trixy', '--security', 'false', '--updates', 'false'),
    ...{ exitCode: 1, code: 'MIRROR_NOT_FOUND', sentence: /"trixy" is not on this mirror/, remedy: /--distribution/ },
  },
};

test.each(Object.entries(inSteps))('%s', async (name, { spoil, ...told }) => {
  const directory = copyFirst(`bad/${name}`);
  await spoil?.(directory);
  expectTold(await lb(['build'], { directory }), told, 'in a step');
});

/** A tree that is built from a local mirror which spoils the files that `isSpoiled`. */
async function fromSpoiledMirror(name: string, isSpoiled: (path: string) => boolean): Promise<string> {
  const spoil = (path: string, bytes: Buffer) => (isSpoiled(path) ? spoilByte(bytes) : bytes);
  const mirror: LocalMirror = await serveMirror(upstream, spoil);
  onTestFinished(() => mirror.close());
  const directory = copyFirst(`bad/${name}`);
  await config('--mirror-bootstrap', mirror.url)(directory);
  return directory;
}

test('a wrong signature', async () => {
  const directory = await fromSpoiledMirror('a wrong signature', (path) => path === 'dists/trixie/InRelease');
  expectTold(
    await lb(['build'], { directory }),
    { exitCode: 1, code: 'SIGNATURE_INVALID', sentence: /dists\/trixie\/InRelease/, remedy: /mirror|proxy|key/ },
    'in a step',
  );
});

test('a package that is not what the index says', async () => {
  const directory = await fromSpoiledMirror('a spoiled package', (path) => path.startsWith('pool/main/h/hello/'));
  write(directory, 'config/package-lists/mine.list.chroot', 'hello\n');
  expectTold(
    await lb(['build'], { directory }),
    { exitCode: 1, code: 'HASH_MISMATCH', sentence: /pool\/main\/h\/hello\/hello_/, remedy: /another mirror/ },
    'in a step',
  );
  expect(await findDamage(runDirectory('store'))).toEqual([]);
});

test('a second build in the same directory, and the first one interrupted', async () => {
  const directory = copyFirst('bad/locked');
  write(directory, 'config/hooks/live/9999-slow.hook.chroot', '#!/bin/sh\nsleep 300\n', 0o755);
  const first = startLb(['build', '--json'], { directory });
  await first.waitFor((event) => event.type === 'step-started' && event.step.includes('9999-slow'));
  const second = await lb(['build'], { directory });
  const pid = first.child.pid;
  expectTold(
    second,
    { exitCode: 1, code: 'LOCKED', sentence: new RegExp(`Process ${pid} is already at work`), remedy: /kill|Wait/ },
    'in a step',
  );
  first.child.kill('SIGINT');
  expectTold(
    await first.finished,
    { exitCode: 1, code: 'INTERRUPTED', sentence: /interrupted/, remedy: /goes on where it stopped/ },
    'at once',
  );
});

describe.runIf(isRoot)('a full disk', () => {
  test('is said, and what fits is kept', async () => {
    const store = runDirectory('small');
    mkdirSync(store, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=150m', 'tmpfs', store]);
    onTestFinished(() => void execFileSync('umount', ['--lazy', store]));
    const directory = copyFirst('bad/full');
    expectTold(
      await lb(['build'], { directory, store }),
      { exitCode: 1, code: 'DISK_FULL', sentence: new RegExp(store), remedy: /room|space/ },
      'in a step',
    );
    expect(await findDamage(store)).toEqual([]);
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import type { LivewrightEvent } from '../../src/events/events.ts';
import type { User } from './user.ts';

export const image = 'live-image-amd64.hybrid.iso';

/** Where and as whom `lb` runs. */
export interface Scene {
  readonly directory: string;
  /** Default: the store that all tests of a run share. */
  readonly store?: string;
  /** Default: whoever runs the tests. */
  readonly user?: User;
  readonly env?: Readonly<Record<string, string>>;
  /** Words before `lb`, a program that starts it. */
  readonly by?: readonly string[];
}

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of `--json`. */
  readonly events: readonly LivewrightEvent[];
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** The first event of `--json` that `isWanted`; rejects if `lb` ends without. */
  waitFor(isWanted: (event: LivewrightEvent) => boolean): Promise<LivewrightEvent>;
}

export function runDirectory(...path: string[]): string {
  return join(inject('runDirectory'), ...path);
}

export function sharedStore(): string {
  return runDirectory('store');
}

/** The command, as the shell of a user would start it. */
export function startLb(words: readonly string[], scene: Scene): Running {
  const { user, by = [] } = scene;
  const argv = [...by, user?.node ?? process.execPath, runDirectory('livewright/bin/lb.js'), ...words];
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    cwd: scene.directory,
    env: { ...process.env, NO_COLOR: '1', LIVEWRIGHT_STORE: scene.store ?? sharedStore(), ...user?.env, ...scene.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  return follow(child, words.includes('--json'));
}

export function lb(words: readonly string[], scene: Scene): Promise<Finished> {
  return startLb(words, scene).finished;
}

/** As `lb`, where nothing but success will do. */
export async function lbSucceeds(words: readonly string[], scene: Scene): Promise<Finished> {
  const finished = await lb(words, scene);
  if (finished.exitCode !== 0) {
    const output = finished.stdout.slice(-4000) + finished.stderr;
    throw new Error(`lb ${words.join(' ')} ended with ${finished.exitCode} in ${scene.directory}:\n${output}`);
  }
  return finished;
}

function follow(child: ChildProcess, isJson: boolean): Running {
  const events: LivewrightEvent[] = [];
  const waiting = new Set<(event: LivewrightEvent) => void>();
  let [stdout, stderr] = ['', ''];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  createInterface({ input: child.stdout! }).on('line', (line) => {
    stdout += `${line}\n`;
    if (!isJson) return;
    const event = JSON.parse(line) as LivewrightEvent;
    events.push(event);
    for (const look of waiting) look(event);
  });
  const finished = once(child, 'close').then(([exitCode]) => ({ exitCode, stdout, stderr, events }));
  const waitFor: Running['waitFor'] = (isWanted) =>
    new Promise((found, reject) => {
      waiting.add((event) => {
        if (isWanted(event)) found(event);
      });
      void finished.then(() => reject(new Error(`lb ended before what was waited for:\n${stdout}${stderr}`)));
    });
  return { child, finished, waitFor };
}

/** The names of the steps of which there is an event of that type. */
export function stepsOf(type: 'step-done' | 'step-reused' | 'step-failed', { events }: Pick<Finished, 'events'>) {
  return events.flatMap((event) => (event.type === type ? [event.step] : []));
}

/** A build directory like examples/first, with an included file, below the run directory. */
export function copyFirst(name: string): string {
  const directory = runDirectory(name);
  rmSync(directory, { recursive: true, force: true }); // where an earlier run was kept
  mkdirSync(directory, { recursive: true });
  const example = resolve(fileURLToPath(new URL('../../examples/first', import.meta.url)));
  for (const part of ['auto', 'config']) cpSync(join(example, part), join(directory, part), { recursive: true });
  write(directory, 'config/includes.chroot/etc/included', 'as first built\n');
  return directory;
}

export function write(directory: string, path: string, text: string, mode = 0o644): void {
  const file = join(directory, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text, { mode });
}

export interface FirstBuild extends Finished {
  readonly directory: string;
}

/**
 * The example, built from an empty store into the shared one: by whichever test needs it first in a run, and only
 * once, be it well or ill.
 */
export async function firstBuild(): Promise<FirstBuild> {
  const directory = runDirectory('first');
  const record = runDirectory('first.json');
  if (!existsSync(record)) {
    if (existsSync(sharedStore())) throw new Error('The store is not empty before the first build.');
    const finished = await lb(['build', '--json'], { directory: copyFirst('first') });
    const isProgress = ({ type }: LivewrightEvent) => type === 'step-progress' || type === 'step-output';
    writeFileSync(record, JSON.stringify({ ...finished, events: finished.events.filter((e) => !isProgress(e)) }));
  }
  const finished = JSON.parse(readFileSync(record, 'utf8')) as Finished;
  if (finished.exitCode !== 0) throw new Error(`The first build failed: ${finished.stderr}`);
  return { ...finished, directory };
}

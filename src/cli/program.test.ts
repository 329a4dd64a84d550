import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeDirectory } from './host.testing.ts';
import { compileProgram } from './program.testing.ts';

// In place of the real `lb explain`: a command that does what the test asks for.
const command = `
  import { setTimeout as sleep } from 'node:timers/promises';
  export async function run({ positionals: [wish], signal, events }) {
    if (wish === 'crash') throw new TypeError('a mistake');
    if (wish === 'crash-later') setTimeout(() => { throw new TypeError('a mistake'); }, 1);
    events.emit({ type: 'build-started', directory: '/live', steps: ['a'] });
    events.emit({ type: 'step-started', step: 'a', title: 'system image', reason: 'new' });
    if (wish === 'show') await sleep(300);
    if (wish === 'much') process.stdout.write('much\\n'.repeat(200_000));
    if (wish === 'wait') process.stdout.write('waiting\\n');
    if (wish === 'wait' || wish === 'crash-later') await sleep(30_000, undefined, { signal });
    if (wish === 'stubborn') { process.stdout.write('waiting\\n'); await sleep(30_000); }
    events.emit({ type: 'step-done', step: 'a', title: 'system image', durationMs: 300 });
    return 5;
  }
`;
// In place of the real `lb build`: says how it can be run again.
const build = `
  export async function run({ commandLine, stdout }) {
    stdout.write(commandLine.slice(2).join(' ') + '\\n');
    return 0;
  }
`;
const program = compileProgram({ 'cli/commands/explain.ts': command, 'cli/commands/build.ts': build });
afterAll(() => rmSync(program, { recursive: true, force: true }));

const lb = join(program, 'bin/lb.js');
const { version } = JSON.parse(readFileSync(join(program, 'package.json'), 'utf8'));

function start(argv: readonly string[], cwd = makeDirectory()) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [lb, ...argv], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('bin/lb.js --version', () => {
  expect(start(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('nothing but what --version needs is loaded', () => {
  const trace = spawnSync(process.execPath, [lb, '--version'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_DEBUG: 'esm' },
  });
  const loaded = [...new Set(trace.stderr.match(/dist\/[a-zA-Z/]+\.js/g))];
  expect(loaded).toContain('dist/cli/main.js');
  expect(loaded.filter((path) => /reporters|options|store|commands\//.test(path))).toEqual([]);
});

test('exit codes come from the errors', () => {
  expect(start(['frobnicate'])).toMatchObject({ status: 2, stdout: '' });
  expect(start([])).toMatchObject({ status: 1, stdout: '' });
});

test('a slow reader gets all of a long output', () => {
  const line = `${process.execPath} ${lb} explain much | { sleep 1; grep -c much; }`;
  const { stdout } = spawnSync('sh', ['-c', line], { cwd: makeDirectory(), encoding: 'utf8' });
  expect(stdout).toBe('200000\n');
});

test.each([['crash'], ['crash-later']])('%s: one sentence and a report', (wish) => {
  const { status, stderr } = start(['explain', wish], makeDirectory({ '.build/': '' }));
  expect(status).toBe(1);
  expect(stderr).toMatch(/^lb: Livewright made a mistake of its own\. .*\n {4}.*\[CRASH\]\n$/m);
  expect(stderr).not.toContain('TypeError');
});

/** Starts, waits until the command says that it is waiting, sends the signals, waits for the end. */
async function interrupt(wish: string, signals: readonly NodeJS.Signals[]) {
  const child = spawn(process.execPath, [lb, 'explain', wish], { cwd: makeDirectory(), stdio: 'pipe' });
  let stderr = '';
  child.stderr.on('data', (bytes) => (stderr += bytes));
  await new Promise<void>((resolve) => child.stdout.on('data', (bytes) => /waiting/.test(String(bytes)) && resolve()));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  for (const signal of signals) {
    child.kill(signal);
    // Two signals that arrive at once count as one.
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { exitCode: await ended, stderr };
}

test.each([
  ['SIGINT', 'Ctrl-C'],
  ['SIGTERM', 'SIGTERM'],
] as const)('%s stops the command in good order', async (signal, name) => {
  const { exitCode, stderr } = await interrupt('wait', [signal]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`lb: Stopped by ${name}.`);
  expect(stderr).toContain('[INTERRUPTED]');
});

test('a second Ctrl-C ends at once', async () => {
  expect(await interrupt('stubborn', ['SIGINT', 'SIGINT'])).toEqual({ exitCode: 130, stderr: '' });
});

test('on a terminal the picture is drawn, and colours are left out on wish', () => {
  const inTerminal = (flags: string, env = {}) => {
    const line = `stty cols 80 rows 24; ${process.execPath} ${lb} explain show ${flags}`;
    const { stdout } = spawnSync('script', ['-q', '-e', '-c', line, '/dev/null'], {
      cwd: makeDirectory(),
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], TERM: 'xterm', ...env },
    });
    return stdout;
  };
  const colored = inTerminal('');
  expect(colored).toMatch(/system image +0 s {2}.*new/);
  expect(colored).toContain('\u001b[1A\u001b[J'.replace('1A', '2A'));
  expect(colored).toContain('\u001b[32m✓\u001b[0m system image');
  expect(inTerminal('--no-color')).not.toMatch(/\u001b\[\d+m/);
  expect(inTerminal('', { NO_COLOR: '1' })).not.toMatch(/\u001b\[\d+m/);
  expect(inTerminal('', { TERM: 'dumb' })).not.toContain('\u001b');
});

test('a reader that goes away early is no crash', () => {
  const line = `${process.execPath} ${lb} config --help | head -1`;
  const { stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: 'Usage: lb config [OPTIONS]\n', stderr: '' });
});

test('lb inside an auto script is this lb, on this Node', () => {
  const cwd = makeDirectory({
    'auto/clean': '#!/bin/sh\nlb clean noauto "$@"; echo "rc $?"; lb --version\n',
    'config/': '',
    chroot: '',
  });
  chmodSync(join(cwd, 'auto/clean'), 0o755);
  const { stdout, stderr, status } = start(['clean', '--chroot'], cwd);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout.slice(11)).toBe(`Removed chroot.\nrc 0\n${version}\n`);
});

test('lb build makes config/ first where it is missing, and is to be re-executed without the auto script', () => {
  const cwd = makeDirectory();
  const first = start(['--verbose', 'build', '--jobs', '2'], cwd);
  expect(first).toMatchObject({ status: 0, stderr: '' });
  expect(first.stdout).toMatch(/Made config\/ for .*\nbuild noauto --verbose --jobs 2\n$/);
  expect(start(['build', 'noauto', '-n'], cwd)).toEqual({ status: 0, stdout: 'build noauto -n\n', stderr: '' });
});

test('auto/build and auto/clean are given the words, and call this lb with more', () => {
  const cwd = makeDirectory({
    'auto/build': '#!/bin/sh\n\nset -e\n\nlb build noauto "$@" 2>&1 | tee build.log\n',
    'auto/clean': '#!/bin/sh\n\nset -e\n\nlb clean noauto "$@"\n\nrm -f config/binary build.log\n',
    '.build/config': '',
    'config/binary': '',
    chroot: '',
  });
  for (const name of ['build', 'clean']) chmodSync(join(cwd, 'auto', name), 0o755);
  expect(start(['--verbose', 'build', '-j', '2'], cwd)).toMatchObject({
    status: 0,
    stdout: 'build noauto --verbose -j 2\n',
  });
  expect(readFileSync(join(cwd, 'build.log'), 'utf8')).toBe('build noauto --verbose -j 2\n');
  expect(start(['clean', '--chroot'], cwd)).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(cwd).sort()).toEqual(['.build', 'auto', 'config']);
  expect(readdirSync(join(cwd, 'config'))).toEqual([]);
});

test('scripts of derivatives find the directory of a live-build that they may write to', () => {
  const script = `#!/bin/sh
set -e
live_build=\${LIVE_BUILD:-/nowhere}
test -w $live_build/data/debian-cd && ln -s sid $live_build/data/debian-cd/own-rolling
ls $live_build/hooks/normal/*.hook.chroot $live_build/share/hooks/live/*.hook.chroot >/dev/null
echo $live_build
`;
  const cwd = makeDirectory({ 'auto/config': script });
  chmodSync(join(cwd, 'auto/config'), 0o755);
  const first = start(['config'], cwd);
  expect(first).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(first.stdout.trim())).toBe(false);
  const own = spawnSync(process.execPath, [lb, 'config'], {
    cwd,
    env: { ...process.env, LIVE_BUILD: cwd },
    encoding: 'utf8',
  });
  expect(own.status).not.toBe(0);
});

test('the config that lb build makes comes from auto/config, whose failure ends the build', () => {
  const cwd = makeDirectory({ 'auto/config': '#!/bin/sh\necho "auto $*"; exit 4\n' });
  chmodSync(join(cwd, 'auto/config'), 0o755);
  expect(start(['build'], cwd)).toEqual({ status: 4, stdout: 'auto \n', stderr: '' });
  expect(start(['build', '--json'], cwd)).toEqual({ status: 4, stdout: '', stderr: 'auto \n' });
});

test('without dist/ it says what to do', () => {
  rmSync(join(program, 'dist'), { recursive: true });
  expect(start(['build'])).toEqual({
    status: 1,
    stdout: '',
    stderr: 'lb: Livewright has not been compiled yet.\n    Run "npm run build" in its directory first.\n',
  });
});

test('an old Node is told which one is needed', () => {
  const old = readFileSync(lb, 'utf8')
    .replace('process.versions.node', '"18.19.0"')
    .replaceAll('process.versions.node', '"18.19.0"');
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=commonjs', '-e', old], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toBe(
    'lb: This is Node 18.19.0, but Livewright needs Node 20.19 or newer.\n    Install a newer one.\n',
  );
});

import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from './commands.ts';
import { makeDirectory, makeHost } from './host.testing.ts';
import { runMain } from './main.ts';

async function lb(argv: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const host = makeHost(makeDirectory(files));
  const exitCode = await runMain(argv, host);
  return { exitCode, output: host.output(), errors: host.errors(), directory: host.directory };
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

test('usage lists every command and flag', async () => {
  const { exitCode, output, errors } = await lb(['--help']);
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  expect(output).toMatchInlineSnapshot(`
    "Usage: lb [FLAGS] COMMAND [OPTIONS]

    Livewright builds Debian live systems: once, as an ordinary user, with the same
    bytes every time.

    Build:
      config    Create config/, or change what is set in it.
      build     Build the live system that config/ describes.
      clean     Remove what builds left in this directory.

    Stages:
      bootstrap  Make the base system.
      chroot     Make the live system: packages, files, hooks, initramfs.
      installer  Fetch the Debian Installer, where the configuration asks for it.
      binary     Make the medium and the image.
      source     Make the source images, where the configuration asks for them.

    Try:
      test [IMAGE...]         Boot the images in virtual machines and say whether
                              they work.
      run [IMAGE]             Boot the image in a virtual machine and use it.
      write [IMAGE] [DEVICE]  Write the image to a stick, disc or file, check what
                              was written, and use the rest of the stick.
      serve netboot [IMAGE]   Let the machines of a network boot the netboot image.

    Look:
      explain STEP             Say why a step would run again, or why it would not.
      shell STEP [COMMAND...]  Enter the system as a step finds it.
      squashfs VERB IMAGE...   List, extract, verify or link SquashFS images.
      compat LIVE_BUILD_DIR    Compare a tree that live-build has built with what
                               was built here.
      help [COMMAND]           Show help for a command.
      version                  Show the versions of Livewright, Node and the
                               kernel.

    Flags:
          --breakpoints  Wait for a word before each stage of a build.
          --color        Colours even where NO_COLOR is set.
          --no-color     No colours.
          --debug        As --verbose.
          --force        Accepted for live-build's sake; a step runs again when its
                         inputs change.
          --quiet        Show warnings and failures only.
          --verbose      Show the output of programs too.
      -h, --help         Show help and stop.
      -u, --usage        Show help and stop.
      -v, --version      Show the version and stop.

    "lb help COMMAND" tells more of a command.
    "
  `);
});

test.each([['-h'], ['-u'], ['--usage'], ['--hel'], ['help']])('lb %s is lb --help', async (word) => {
  expect((await lb([word])).output).toBe((await lb(['--help'])).output);
});

test('no command: usage and what is wrong on standard error, rc 1 as live-build', async () => {
  const { exitCode, output, errors } = await lb([]);
  expect({ exitCode, output }).toEqual({ exitCode: 1, output: '' });
  expect(errors).toMatch(/^Usage: lb [\s\S]*\nlb: No command was given\. +\[USAGE\]\n$/);
});

test.each([[['--version']], [['-v']], [['clean', '--version']], [['--debug', '-v', 'build']]])('%j', async (argv) => {
  expect(await lb(argv)).toMatchObject({ exitCode: 0, output: `${version}\n`, errors: '' });
});

test('lb version says what a bug report needs', async () => {
  const { output } = await lb(['version']);
  expect(output).toContain(`Livewright ${version}\nNode ${process.version}\n`);
});

test.each([
  ['biuld', 'Did you mean "build"?'],
  ['frobnicate', '"lb help" lists the commands.'],
  ['chroot_hook', 'Did you mean "chroot_hooks"?'],
  ['binary_isos', 'Did you mean "binary_iso"?'],
])('unknown command %s', async (name, advice) => {
  expect(await lb([name])).toMatchObject({
    exitCode: 2,
    output: '',
    errors: `lb: There is no command "${name}".\n    ${advice}   [COMMAND_UNKNOWN]\n`,
  });
});

test.each([
  [['--frob'], 'lb: There is no option "--frob".'],
  [['clean', '--purg', '--binery'], 'lb: There is no option "--binery".\n    Did you mean "--binary"?'],
  [['clean', '--c'], 'lb: Option "--c" could be --chroot, --cache or --color.'],
  [['explain'], 'lb: "lb explain" needs STEP.\n    For example: lb explain rootfs'],
  [['help', 'biuld'], 'lb: There is no command "biuld".\n    Did you mean "build"?'],
])('%j', async (argv, expected) => {
  const { exitCode, output, errors } = await lb(argv);
  expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
  expect(errors).toContain(expected);
});

test.each([
  ...['build', 'bootstrap', 'chroot', 'installer', 'binary', 'source', 'chroot_hooks', 'binary_iso'],
  'test',
  'serve',
  'write',
])('lb %s, which runs steps, takes --json', async (name) => {
  const { output, errors } = await lb([name, '--json', '--frob']);
  expect(JSON.parse(output)).toMatchObject({ type: 'error', code: 'OPTION_UNKNOWN' });
  expect(errors).toContain('"--frob"');
});

test('with --json the error is also the last line of standard output', async () => {
  const { exitCode, output, errors } = await lb(['build', '--json', '--frob']);
  expect(exitCode).toBe(2);
  expect(JSON.parse(output)).toMatchObject({ type: 'error', code: 'OPTION_UNKNOWN', exitCode: 2 });
  expect(errors).toContain('[OPTION_UNKNOWN]');
});

test.each(commands.map(({ name }) => [name]))('lb %s --help: as lb help, on 80 columns', async (name) => {
  const asked = await lb([name, '--help']);
  expect(asked).toMatchObject({ exitCode: 0, errors: '' });
  expect((await lb(['help', name])).output).toBe(asked.output);
  expect((await lb(['--help', name])).output).toBe(asked.output);
  for (const line of asked.output.split('\n')) expect(line.length).toBeLessThan(80);
});

test('help of a command', async () => {
  expect((await lb(['test', '--help'])).output).toMatchInlineSnapshot(`
    "Usage: lb test [OPTIONS] [IMAGE...]

    Boot the images in virtual machines and say whether they work.
    The images are opened read-only; persistence is tried with a copy.

    Options:
          --boots LIST       Ways to boot, separated by commas: names as --list
                             shows them (bios-cd), or groups: login, toram,
                             persistence, luks, nfs, http, memtest, installer, all.
                             Default: login, for netboot images nfs.
          --list             Show all ways to boot and which apply to the images,
                             and boot none.
      -j, --jobs N           Run up to N guests at once. Default: what memory and
                             processors allow.
          --timeout SECONDS  Give up on a guest after SECONDS.
          --memory MIB       Memory of a guest in MiB.
          --output DIR       Put the report, screenshots, consoles and verdicts
                             into DIR.
          --json             Write events to standard output, one JSON object per
                             line.

    Flags of every command ("lb help" explains them): --breakpoints --color
    --no-color --debug --force --quiet --verbose --help --usage --version

    Examples:
      lb test              Test the images of this directory; see
                           .build/livewright/boots/report.html.
      lb test --boots all  In every way that applies, persistence and memory test
                           included.
      lb test other.iso --boots uefi-cd
                           Test any image, one way.
    "
  `);
});

test('stray words are dropped with a warning', async () => {
  const { exitCode, errors } = await lb(['clean', 'everything'], { 'config/': '' });
  expect(exitCode).toBe(0);
  expect(errors).toBe('[time] ! "lb clean" does not know what to do with "everything".\n');
});

test('an auto script that is not executable is ignored with a warning', async () => {
  const { exitCode, errors } = await lb(['clean'], { 'auto/clean': '#!/bin/sh\nexit 9\n', 'config/': '' });
  expect(exitCode).toBe(0);
  expect(errors).toBe(
    '[time] ! auto/clean is not executable, so it is ignored.\n[time]   To use it: chmod +x auto/clean\n',
  );
});

async function lbWithAuto(argv: readonly string[], script: string) {
  const directory = makeDirectory({ 'auto/clean': script, 'config/': '', chroot: 'x' });
  chmodSync(join(directory, 'auto/clean'), 0o755);
  const host = makeHost(directory);
  const exitCode = await runMain(argv, host);
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  return { exitCode, errors: host.errors(), read };
}

test('an auto script gets the words, our lb first in PATH, and its exit code is passed on', async () => {
  const script = '#!/bin/sh\nprintf "%s\\n" "$@" >words\ncommand -v lb >lb\nexit 7\n';
  const { exitCode, read } = await lbWithAuto(['--debug', 'clean', '--my-own', 'a b', ''], script);
  expect(exitCode).toBe(7);
  expect(read('words')).toBe('--debug\n--my-own\na b\n\n');
  expect(read('lb')).toMatch(/\/bin\/path\/lb\n$/);
  expect(read('chroot')).toBe('x');
});

test.each([
  ['no first line', 'echo "$1" >words\nexit 3\n'],
  ['a broken first line', 'i#!/bin/sh\necho "$1" >words\nexit 3\n'],
])('an auto script with %s is read by a shell', async (_, script) => {
  const { exitCode, read } = await lbWithAuto(['clean', '--all'], script);
  expect({ exitCode, words: read('words') }).toEqual({ exitCode: 3, words: '--all\n' });
});

test('an auto script finds programs of local/bin, but no other lb there', async () => {
  const make = (name: string, text: string) =>
    `printf '#!/bin/sh\\n${text}\\n' >local/bin/${name}\nchmod +x local/bin/${name}\n`;
  const script = `mkdir -p local/bin\n${make('tool', 'echo tool')}${make('lb', 'exit 9')}tool >got; command -v lb >>got\n`;
  const { read } = await lbWithAuto(['clean'], `#!/bin/sh\n${script}`);
  expect(read('got')).toMatch(/^tool\n.*\/bin\/path\/lb\n$/);
});

test('an auto script finds the live-build that its tree brings along as LIVE_BUILD', async () => {
  const { read } = await lbWithAuto(['clean'], '#!/bin/sh\necho "$LIVE_BUILD" >got\n');
  expect(read('got')).not.toContain('local/live-build');
  const directory = makeDirectory({ 'auto/clean': '#!/bin/sh\necho "$LIVE_BUILD" >got\n', 'local/live-build/x': '' });
  chmodSync(join(directory, 'auto/clean'), 0o755);
  await runMain(['clean'], makeHost(directory));
  expect(readFileSync(join(directory, 'got'), 'utf8')).toBe(`${join(directory, 'local/live-build')}\n`);
});

test('an auto script that a signal ends', async () => {
  expect((await lbWithAuto(['clean'], '#!/bin/sh\nkill -TERM $$\n')).exitCode).toBe(143);
});

test('noauto runs the command itself', async () => {
  const { exitCode, read } = await lbWithAuto(['clean', 'noauto'], '#!/bin/sh\nexit 9\n');
  expect(exitCode).toBe(0);
  expect(() => read('chroot')).toThrow('ENOENT');
});

test('help does not run the auto script', async () => {
  expect((await lbWithAuto(['clean', '--help'], '#!/bin/sh\nexit 9\n')).exitCode).toBe(0);
});

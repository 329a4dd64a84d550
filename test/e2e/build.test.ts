// A real system from a real mirror. Needs unsquashfs (squashfs-tools) and xorriso as judges.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { LivewrightEvent } from '../../src/events/events.ts';
import {
  copyFirst,
  type FirstBuild,
  firstBuild,
  image,
  lb,
  lbSucceeds,
  runDirectory,
  stepsOf,
  write,
} from '../helpers/lb.ts';

/** The steps that ask the archives what is new; they run in every build. */
const askingSteps = ['index', 'tools-index'];
const sideFiles = ['chroot.files', 'chroot.packages.install', 'chroot.packages.live', image].concat(
  ['contents', 'files', 'packages'].map((kind) => `live-image-amd64.${kind}`),
);

let first: FirstBuild;
beforeAll(async () => {
  first = await firstBuild();
});

function program(...argv: string[]): string {
  return execFileSync(argv[0]!, argv.slice(1), { encoding: 'utf8', maxBuffer: 1 << 28, stdio: 'pipe' });
}

const read = (name: string) => readFileSync(join(first.directory, name), 'utf8');
const lines = (text: string) => text.split('\n').filter((line) => line !== '');
const isStep = (type: LivewrightEvent['type'], step: string) => (event: LivewrightEvent) =>
  event.type === type && 'step' in event && event.step === step;

/** Unpacks the medium once for all tests that look into it. */
function medium(of = first.directory): string {
  const target = join(of, '..', `medium-of-${of.split('/').at(-1)}`);
  rmSync(target, { recursive: true, force: true });
  program('xorriso', '-osirrox', 'on:auto_chmod_on', '-indev', join(of, image), '-extract', '/', target);
  program('chmod', '-R', 'u+w', target);
  onTestFinished(() => rmSync(target, { recursive: true }));
  return target;
}

const inSystem = (from: string, path: string) =>
  program('unsquashfs', '-cat', join(from, 'live/filesystem.squashfs'), path);

test('from an empty store every step runs, and the files are those that live-build leaves', () => {
  expect(stepsOf('step-reused', first)).toEqual([]);
  expect(stepsOf('step-done', first)).toEqual(
    expect.arrayContaining(['tools:build', 'packages:install', 'rootfs', 'image:iso-hybrid']),
  );
  expect(first.events.at(-1)).toMatchObject({ type: 'build-done', stepsReused: 0 });
  expect(readdirSync(first.directory)).toEqual(expect.arrayContaining(sideFiles));
});

test('the side files tell the truth about the medium and the system', () => {
  const unpacked = medium();
  expect(program('sh', '-c', `cd "$1" && sha256sum --check --strict sha256sum.txt`, 'sh', unpacked)).toContain(
    './live/filesystem.squashfs: OK',
  );
  const found = program('xorriso', '-indev', join(first.directory, image), '-find', '/', '-exec', 'echo', '--');
  const paths = lines(found).map((line) => line.replace(/^'(.*)'$/, '$1'));
  // The catalogue is made together with the image, so neither this list nor live-build's has it.
  const listed = paths.filter((path) => path !== '/' && path !== '/isolinux/boot.cat').sort();
  expect(lines(read('live-image-amd64.contents')).sort()).toEqual(listed);

  const status = inSystem(unpacked, 'var/lib/dpkg/status').split('\n\n');
  const installed = status
    .filter((stanza) => /^Status: install ok installed$/m.test(stanza))
    .map(nameAndVersion)
    .sort();
  expect(installed.length).toBeGreaterThan(80);
  expect(lines(read('live-image-amd64.packages')).sort()).toEqual(installed);
  expect(readFileSync(join(unpacked, 'live/filesystem.packages'), 'utf8')).toBe(read('live-image-amd64.packages'));
});

function nameAndVersion(stanza: string): string {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
  const name = field('Multi-Arch') === 'same' ? `${field('Package')}:${field('Architecture')}` : field('Package');
  return `${name}\t${field('Version')}`;
}

test('nothing that the build lends to the system is in the image', () => {
  const unpacked = medium();
  const system = program('unsquashfs', '-no-progress', '-ls', join(unpacked, 'live/filesystem.squashfs'));
  const paths = new Set(lines(system).map((line) => line.replace('squashfs-root', '')));
  expect(paths).toContain('/usr/bin/dpkg');
  const lent = [
    '/usr/sbin/policy-rc.d',
    '/livewright',
    '/.live-build',
    '/etc/dpkg/dpkg.cfg.d/livewright',
    '/live-build',
  ];
  expect(lent.filter((path) => paths.has(path))).toEqual([]);
  const stamp = /^(\S+) {2}usr\/sbin\/start-stop-daemon$/m.exec(
    inSystem(unpacked, 'var/lib/dpkg/info/dpkg.md5sums'),
  )?.[1];
  const daemon = join(runDirectory(), 'start-stop-daemon');
  writeFileSync(
    daemon,
    execFileSync('unsquashfs', ['-cat', join(unpacked, 'live/filesystem.squashfs'), 'usr/sbin/start-stop-daemon']),
  );
  expect(program('md5sum', daemon).split(' ')[0]).toBe(stamp);
});

test('without a change only the archives are asked', async () => {
  const again = await lbSucceeds(['build', '--json'], first);
  expect(stepsOf('step-done', again).sort()).toEqual(askingSteps);
  expect(stepsOf('step-reused', again).length).toBe(stepsOf('step-done', first).length - askingSteps.length);
  expect(again.events.at(-1)).toMatchObject({ type: 'build-done' });
});

test('lb clean removes what was built and keeps the store', async () => {
  const before = program('sha256sum', join(first.directory, image));
  await lbSucceeds(['clean'], first);
  expect(readdirSync(first.directory).filter((name) => sideFiles.includes(name))).toEqual([]);
  expect(readdirSync(join(first.directory, '.build'))).toEqual([]);
  expect(readdirSync(join(first.directory, 'config'))).toContain('package-lists');
  const again = await lbSucceeds(['build', '--json'], first);
  expect(stepsOf('step-done', again).sort()).toEqual(askingSteps);
  expect(program('sha256sum', join(first.directory, image))).toBe(before);
});

// One tree and one story, told in order: a copy, a hook that fails, the hook mended and a file added, and the end of it.
const hook = 'normal/0500-mine.hook.chroot';
const hookStep = `hook:${hook}`;
const edited = () => ({ directory: runDirectory('edited') });

test('a copy of a tree takes everything from the store', async () => {
  copyFirst('edited');
  const copied = await lbSucceeds(['build', '--json'], edited());
  expect(stepsOf('step-done', copied).sort()).toEqual(askingSteps);
});

test('a failing hook is named, with its last words, its log, and exit code 1', async () => {
  write(edited().directory, `config/hooks/${hook}`, '#!/bin/sh\necho about to fail\nls /nowhere\n', 0o755);
  const failed = await lb(['build'], edited());
  expect(failed.exitCode).toBe(1);
  expect(failed.stderr).toContain(`config/hooks/${hook}: The hook ended with exit code 2.`);
  expect(failed.stderr).toContain('about to fail');
  expect(failed.stderr).toContain("'/nowhere': No such file or directory");
  expect(failed.stderr).not.toMatch(/^ {4}at /m);
  const log = /Log: +(\S+)/.exec(failed.stderr)?.[1];
  expect(readFileSync(log ?? '', 'utf8')).toContain('about to fail');
});

test('what an edit costs is told before, and then it costs that', async () => {
  const { directory } = edited();
  write(directory, `config/hooks/${hook}`, '#!/bin/sh\necho made >/opt/made-by-hook\n', 0o755);
  write(directory, 'config/includes.chroot/etc/included', 'edited\n');

  const explained = await lbSucceeds(['explain', 'includes:includes.chroot'], edited());
  expect(explained.stdout).toMatch(/includes\.chroot\) would run:\n[\s\S]*etc\/included/);
  const untouched = await lbSucceeds(['explain', 'packages:install'], edited());
  expect(untouched.stdout).toContain('would be reused');
  const told = await lbSucceeds(['build', '--dry-run', '--json'], edited());
  const { steps } = JSON.parse(told.stdout) as { steps: { step: string; verdict: string }[] };
  const willBe = (verdict: string) => steps.filter((step) => step.verdict === verdict).map(({ step }) => step);
  expect(willBe('reused')).toEqual(expect.arrayContaining(['tools:build', 'bootstrap', 'packages:install']));
  expect(willBe('run')).toEqual(expect.arrayContaining(['includes:includes.chroot']));

  const built = await lbSucceeds(['build', '--json'], edited());
  const ran = stepsOf('step-done', built);
  expect(stepsOf('step-reused', built)).toEqual(expect.arrayContaining(willBe('reused')));
  expect(ran).toEqual(expect.arrayContaining([...willBe('run'), hookStep, 'rootfs', 'image:iso-hybrid']));
  // Neither of these looks at what was edited.
  const unconcerned = ['objects', 'initrd', 'hook:normal/8020-remove-dbus-machine-id.hook.chroot'];
  expect(stepsOf('step-reused', built)).toEqual(expect.arrayContaining(unconcerned));
  expect(ran.filter((step) => willBe('reused').includes(step))).toEqual([]);
  expect(built.events.some(isStep('step-done', 'packages:install'))).toBe(false);

  const unpacked = medium(directory);
  expect(inSystem(unpacked, 'etc/included')).toBe('edited\n');
  expect(inSystem(unpacked, 'opt/made-by-hook')).toBe('made\n');
});

test('lb clean --purge gives back what this tree alone used, and no more', async () => {
  const sizeMib = () => Number(program('du', '-sm', runDirectory('store')).split('\t')[0]);
  const before = sizeMib();
  const purged = await lbSucceeds(['clean', '--purge'], edited());
  expect(purged.stdout).toMatch(/Freed .* in the store/);
  // The edited image and its system image.
  expect(before - sizeMib()).toBeGreaterThan(300);
  expect(existsSync(join(edited().directory, image))).toBe(false);
  const other = await lbSucceeds(['build', '--json'], first);
  expect(stepsOf('step-done', other).sort()).toEqual(askingSteps);
});

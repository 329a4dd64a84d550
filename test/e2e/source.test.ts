// Source packages of a small system, for real. Needs xorriso, tar and sha256sum.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { copyFirst, lbSucceeds, write } from '../helpers/lb.ts';

let directory: string;

beforeAll(async () => {
  directory = copyFirst('source');
  write(directory, 'config/includes.source/EXTRA', 'extra\n');
  write(directory, 'config/hooks/normal/0100-note.hook.source', '#!/bin/sh\nls -A ../source debian >live/seen\n');
  await lbSucceeds(['config', '--source', 'true', '--source-images', 'tar,iso'], { directory });
  await lbSucceeds(['source'], { directory });
});

const inSource = (...path: string[]): string => join(directory, 'source', ...path);
const read = (...path: string[]): string => readFileSync(inSource(...path), 'utf8');

const controls = () =>
  readdirSync(inSource('debian'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.dsc'));

/** Name and version, as of a file `.dsc`. */
const sourceOf = (path: string): string => {
  const text = read('debian', path);
  return `${/^Source: (.*)$/m.exec(text)?.[1]} ${/^Version: (.*)$/m.exec(text)?.[1]}`;
};

test('every file of a source package is what its signed description says', () => {
  expect(controls().length).toBeGreaterThan(10);
  for (const path of controls()) {
    const sums = /^Checksums-Sha256:.*\n((?: .*\n)+)/m.exec(read('debian', path))?.[1] ?? '';
    const list = sums.replaceAll(/^ (\S+) \d+ (.*)$/gm, '$1  $2');
    expect(list).not.toBe('');
    execFileSync('sha256sum', ['-c', '--quiet'], { cwd: dirname(inSource('debian', path)), input: list });
  }
});

test('the source of each package of the system is there in its version, or named as missing', () => {
  const missing = existsSync(inSource('missing-source.txt')) ? read('missing-source.txt') : '';
  const have = new Set(controls().map(sourceOf));
  // Packages that are built from a source of their own name.
  const packages = readFileSync(join(directory, 'chroot.packages.live'), 'utf8').trimEnd().split('\n');
  const own = packages.map((line) =>
    line
      .replace(/:\w+\t/, '\t')
      .replace('\t', ' ')
      .replace(/\+b\d+$/, ''),
  );
  const found = own.filter((line) => have.has(line));
  expect(found.length).toBeGreaterThan(5);
  for (const name of ['dash', 'sed', 'grep', 'hostname']) {
    const line = own.find((candidate) => candidate.startsWith(`${name} `)) ?? `${name} is not installed`;
    expect(have.has(line) || missing.includes(`\n${line} (source)`)).toBe(true);
  }
  for (const path of controls()) expect(dirname(path).split('/').at(-1)).toBe(basename(path).replace(/_.*/, ''));
});

test('configuration, files of the user’s and what a hook wrote are in the archives and in the image', () => {
  const listed = execFileSync('tar', ['-tf', join(directory, 'live-image-source.live.tar')], { encoding: 'utf8' });
  expect(listed).toContain('source/live/config/package-lists/console.list.chroot\n');
  expect(listed).toContain('source/live/auto/config\n');
  expect(read('live/seen')).toMatch(/^\.\.\/source:\n(.*\n)*EXTRA\n/);
  const iso = ['-indev', join(directory, 'live-image-source.iso'), '-find', '/', '-type', 'f'];
  const onDisc = execFileSync('xorriso', iso, { encoding: 'utf8', stdio: 'pipe' });
  for (const path of ['/EXTRA', '/.disk/info', '/live/seen', `/debian/${controls()[0]}`]) {
    expect(onDisc).toContain(`'${path}'`);
  }
  expect(read('.disk/info')).toMatch(/^Debian GNU\/Linux 13 "Trixie" - Snapshot amd64 LIVE Source /);
  execFileSync('sha256sum', ['-c', '--quiet', 'sha256sum.txt'], { cwd: inSource('debian') });
  const contents = readFileSync(join(directory, 'live-image-source.debian.contents'), 'utf8');
  expect(contents).toContain(`/${controls()[0]}\n`);
});

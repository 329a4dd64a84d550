// One tree with all that a tree can say about packages besides lists of names, built for real. Needs dpkg-deb, apt-get,
// xorriso and unsquashfs.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { makeTestKey, testArchive } from '../../src/debian/archive.testing.ts';
import { copyFirst, image, lbSucceeds, runDirectory, write } from '../helpers/lb.ts';
import { buildPackage, serveDirectory } from '../helpers/packages.ts';
import { tempDirectory } from '../helpers/tempDirectory.ts';

let directory: string;

beforeAll(async () => {
  directory = copyFirst('packages');
  const vendor = await publishVendor();
  writeFileSync(join(directory, 'config/archives/vendor.key.chroot'), vendor.key);
  const local = buildPackage({
    name: 'nano',
    version: '0.1',
    architecture: 'amd64',
    files: { 'usr/bin/nano': 'own\n' },
  });
  writeFileSync(join(directory, 'config/packages.chroot/nano_0.1_amd64.deb'), local.deb);
  write(
    directory,
    'config/hooks/normal/0300-ask-apt.hook.chroot',
    '#!/bin/sh\napt-cache policy nano ed >/etc/policy\n',
  );
  write(
    directory,
    'config/preseed/answers.cfg',
    // The time makes the step run, and so leave a log, where an earlier run was kept.
    `# ${Date.now()}\ntzdata tzdata/Areas select Etc\nvendor-tool vendor/answer string forty-two\n`,
  );
  await lbSucceeds(['build'], { directory });
  extractSystem();
  return vendor.close;
});

/** An archive that brings a tool, and a newer `ed` that a pin forbids. */
async function publishVendor() {
  const place = runDirectory('vendor');
  const key = await makeTestKey();
  const fields = { Depends: 'vendor-lib, debconf' };
  const asking = {
    'DEBIAN/templates': 'Template: vendor/answer\nType: string\nDescription: The answer\n',
    'DEBIAN/postinst':
      '#!/bin/sh\n. /usr/share/debconf/confmodule\ndb_get vendor/answer\necho "$RET" >/etc/vendor-answer\n',
  };
  await testArchive(place, key).publish([
    buildPackage({
      name: 'vendor-tool',
      version: '2.0',
      fields,
      files: { ...asking, 'usr/share/vendor/tool': 'tool\n' },
    }),
    buildPackage({ name: 'vendor-lib', version: '1:2.0' }),
    buildPackage({ name: 'ed', version: '99' }),
    buildPackage({ name: 'vendor-extra', version: '1', fields: { Section: 'vendor' } }),
    buildPackage({ name: 'libvendor', version: '1', fields: { Section: 'libs', Priority: 'vendor' } }),
    buildPackage({ name: 'vendor-late', version: '1', fields: { Section: 'misc' } }),
  ]);
  const { url, close } = await serveDirectory(place);
  const archives = {
    'vendor.list.chroot': `deb ${url} @DISTRIBUTION@ main\n`,
    'vendor.list.binary': 'deb http://vendor.example/debian @DISTRIBUTION@ main\n',
    'vendor.pref.chroot': `Package: ed\nPin: origin "127.0.0.1"\nPin-Priority: -1\n`,
    'other.conf.binary': 'APT::Install-Suggests "false";\n',
  };
  for (const [name, text] of Object.entries(archives)) write(directory, `config/archives/${name}`, text);
  write(directory, 'config/package-lists/vendor.list.chroot', 'vendor-tool ed\nzlib1g:arm64\n');
  const commands =
    '! Packages Section vendor\n! Packages Priority vendor\n! test -n "$WORD" && echo nothing >/dev/null; false\n';
  write(directory, 'config/package-lists/said.list.chroot', commands);
  write(
    directory,
    'config/package-lists/late.list.chroot_live',
    '! grep-aptavail -n -s Package -X -P "vendor-$WORD"\n',
  );
  write(directory, 'config/package-lists/wished.list.chroot_live', 'vendor-lib\n');
  write(directory, 'config/package-lists/medium.list.binary', 'vendor-tool\n');
  write(directory, 'config/environment.chroot', 'WORD=late\n');
  write(directory, 'config/packages.chroot/README', 'of the test\n');
  return { url, close, key: key.keyring.keys[0]!.armor() };
}

const packages = () => readFileSync(join(directory, 'live-image-amd64.packages'), 'utf8').trimEnd().split('\n');

const squashfs = () => runDirectory('packages.squashfs');

function extractSystem(): void {
  const argv = ['-osirrox', 'on', '-indev', join(directory, image)];
  rmSync(squashfs(), { force: true });
  execFileSync('xorriso', [...argv, '-extract', '/live/filesystem.squashfs', squashfs()], { stdio: 'pipe' });
}

const inSystem = (path: string) =>
  execFileSync('unsquashfs', ['-cat', squashfs(), path], { encoding: 'utf8', stdio: 'pipe' });
const pathsBelow = (...path: string[]) =>
  execFileSync('unsquashfs', ['-no-progress', '-lc', squashfs(), ...path], { encoding: 'utf8', stdio: 'pipe' })
    .split('\n')
    .map((line) => line.replace('squashfs-root/', ''));

test('a local package is installed, unlisted and although there is a newer one', () => {
  expect(packages()).toContain('nano\t0.1');
  expect(inSystem('usr/bin/nano')).toBe('own\n');
});

test('packages of another archive, as far as its pin allows', () => {
  expect(packages()).toEqual(expect.arrayContaining(['vendor-tool\t2.0', 'vendor-lib\t1:2.0']));
  expect(packages().find((line) => line.startsWith('ed\t'))).not.toBe('ed\t99');
  expect(inSystem('usr/share/vendor/tool')).toBe('tool\n');
});

test('apt in a hook knows all of it, and does not want to change what is chosen', () => {
  const [nano, ed] = inSystem('etc/policy').split(/^(?=ed:)/m);
  expect(nano).toMatch(/Candidate: 0\.1\n[\s\S]*1001 file:\/packages/);
  expect(ed).toMatch(/Candidate: 1\.[\s\S]* 99 -1\n +500 http:\/\/127\.0\.0\.1/);
});

test('what commands in lists say is installed, in their pass, and what they needed for it is not', () => {
  const lines = packages();
  expect(lines).toEqual(expect.arrayContaining(['vendor-extra\t1', 'vendor-late\t1']));
  expect(lines.filter((line) => /^(libvendor|dctrl-tools)\t/.test(line))).toEqual([]);
  const first = readFileSync(join(directory, 'chroot.packages.install'), 'utf8');
  expect(first).toContain('vendor-extra');
  expect(first).not.toContain('vendor-late');
  // vendor-lib is of both passes.
  expect(readFileSync(join(directory, 'binary/live/filesystem.packages-remove'), 'utf8')).toBe('vendor-late\n');
});

test('a dependency of the first pass that the second one names is wished for', () => {
  const automatic = inSystem('var/lib/apt/extended_states')
    .split('\n\n')
    .filter((paragraph) => /^Auto-Installed: 1$/m.test(paragraph));
  const names = automatic.map((paragraph) => /^Package: (\S+)/.exec(paragraph)?.[1]);
  expect(names).toContain('libc6');
  expect(names).not.toContain('vendor-lib');
});

test('a package of another architecture, with what it depends on', () => {
  expect(packages()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^libc6:arm64\t/), expect.stringMatching(/^zlib1g:arm64\t/)]),
  );
  expect(inSystem('var/lib/dpkg/arch')).toBe('amd64\narm64\n');
});

test('apt installs from the medium what a list for it names, with all that it needs', async () => {
  const place = await tempDirectory();
  const argv = ['-osirrox', 'on', '-indev', join(directory, image)];
  for (const part of ['pool', 'dists']) argv.push('-extract', `/${part}`, join(place, 'medium', part));
  execFileSync('xorriso', argv, { stdio: 'pipe' });
  for (const part of ['lists/partial', 'cache/archives/partial', 'etc'])
    mkdirSync(join(place, part), { recursive: true });
  writeFileSync(join(place, 'sources.list'), `deb [trusted=yes] file:${place}/medium trixie main\n`);
  const conf = [
    `Dir::Etc "${place}/etc"; Dir::Etc::sourcelist "${place}/sources.list"; Dir::State::Lists "${place}/lists/";`,
    `Dir::State::status "/dev/null"; Dir::Cache "${place}/cache/"; APT::Architecture "amd64"; APT::Sandbox::User "root";`,
    'APT::Architectures { "amd64"; }; Debug::NoLocking "true"; Acquire::Languages "none";',
  ];
  writeFileSync(join(place, 'apt.conf'), conf.join('\n'));
  const apt = (...words: string[]) =>
    execFileSync('apt-get', words, {
      ...{ env: { PATH: process.env['PATH'], APT_CONFIG: join(place, 'apt.conf') }, encoding: 'utf8', stdio: 'pipe' },
    });
  apt('update');
  expect(apt('--simulate', 'install', 'vendor-tool')).toMatch(/^Inst vendor-lib /m);
  const release = readFileSync(join(place, 'medium/dists/trixie/Release'), 'utf8');
  expect(release).toMatch(/^Suite: trixie$/m);
  expect(release).toMatch(/^Version: 13/m);
});

// tzdata is of the base system, so its settings are made again.
test('answers reach packages, also those that are there before', () => {
  expect(inSystem('etc/vendor-answer')).toBe('forty-two\n');
  const log = readFileSync(join(directory, '.build/livewright/logs/preseed.log'), 'utf8');
  expect(log).toContain('Current default time zone');
});

test('the image has the files of the finished system, and none of the build', () => {
  expect(inSystem('etc/apt/sources.list.d/vendor.list')).toBe('deb http://vendor.example/debian trixie main\n');
  const found = pathsBelow('etc/apt');
  expect(found).toEqual(
    expect.arrayContaining([
      'etc/apt/apt.conf.d/other.conf',
      'etc/apt/apt.conf.d/00recommends',
      'etc/apt/sources.list',
    ]),
  );
  expect(found.filter((path) => /vendor\.(key|pref)|packages|00secure|livewright/.test(path))).toEqual([]);
  expect(pathsBelow().filter((path) => /^(packages|livewright)/.test(path))).toEqual([]);
});

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runConfigCommand } from '../../src/config/command.ts';
import { readHostMirrors } from '../../src/config/hostMirrors.ts';
import { optionNames, rowOf } from '../../src/config/options.ts';

// Compares `lb config` with that of trixie's live-build: the variables of the five files as sh reads them, the
// directories, and the list of live packages. The package is fetched from this machine's own mirror.
const version = '20250505+deb13u1';

let workspace = '';
beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'livewright-oracle-'));
  unpackLiveBuild(await fetchLiveBuild());
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

async function fetchLiveBuild(): Promise<Uint8Array> {
  const { main } = await readHostMirrors('/etc/apt');
  const url = `${main}pool/main/l/live-build/live-build_${encodeURIComponent(version)}_all.deb`;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the mirror answers ${response.status} for live-build ${version}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Lays the package out as a live-build checkout, which `LIVE_BUILD` points at. */
function unpackLiveBuild(deb: Uint8Array): void {
  const file = join(workspace, 'live-build.deb');
  writeFileSync(file, deb);
  execFileSync('dpkg-deb', ['-x', file, join(workspace, 'package')]);
  const usr = join(workspace, 'package/usr');
  for (const [from, to] of [
    ['lib/live/build.sh', 'scripts/build.sh'],
    ['lib/live/build', 'scripts/build'],
    ['share/live/build/functions', 'functions'],
    ['share/live/build/hooks', 'share/hooks'],
  ] as const) {
    cpSync(join(usr, from), join(workspace, 'checkout', to), { recursive: true });
  }
  // It reads its version from an absolute path, where another live-build is installed, or none.
  const common = join(workspace, 'checkout/functions/common.sh');
  const text = readFileSync(common, 'utf8');
  writeFileSync(common, text.replaceAll('/usr/share/live/build/VERSION', join(usr, 'share/live/build/VERSION')));
}

const mirrors = [
  '--mirror-bootstrap',
  'http://mirror.example/debian/',
  '--mirror-binary',
  'http://mirror.example/debian/',
].concat([
  '--mirror-chroot-security',
  'http://security.example/',
  '--mirror-binary-security',
  'http://security.example/',
]);

// Both have -d, -a and the mirrors on the command line: their defaults are ours (trixie, the host's mirrors), not live-build's.
const base = ['-d', 'trixie', '-a', 'amd64', ...mirrors];

/** Variables that differ always, and why. */
const alwaysDifferent: Readonly<Record<string, string>> = {
  LB_CONFIGURATION_VERSION: 'the version that wrote the files',
  LB_PARENT_DEBIAN_INSTALLER_DISTRIBUTION: 'live-build computes it too early and leaves it empty on the first run',
};

/** Variables that only ours have; live-build reads over them, and drops them when it writes the files itself. */
const isOwn = (variable: string) => /^LB_(BOOT_MENU|NET_ROOT|NET_COW)_/.test(variable);

interface Case {
  readonly runs: readonly (readonly string[])[];
  /** Variables that differ here, with ours and live-build's value, and why that is wanted. */
  readonly differences?: Readonly<Record<string, { ours: string; theirs: string; because: string }>>;
}

const uefi = 'live-build starts disks and network boots by BIOS alone; ours start by UEFI too';
const frozen = 'live-build freezes defaults; ours follow the option that they derive from';

const cases: Readonly<Record<string, Case>> = {
  'nothing else': { runs: [[]] },
  'another architecture': { runs: [['-a', 'arm64']] },
  'i386 netboot': {
    runs: [['-a', 'i386', '-b', 'netboot', '--net-tarball', 'false']],
    differences: { LB_BOOTLOADER_EFI: { ours: 'grub-efi', theirs: '', because: uefi } },
  },
  hdd: {
    runs: [['-bhdd', '--binary-filesystem', 'ext4', '--hdd-size', '2000']],
    differences: { LB_BOOTLOADER_EFI: { ours: 'grub-efi', theirs: '', because: uefi } },
  },
  'sid with areas and no recommends': {
    runs: [['-d', 'sid', '--archive-areas', 'main,contrib non-free', '--apt-recommends', 'false', '--apt', 'aptitude']],
  },
  'a parent distribution': {
    runs: [['--parent-distribution', 'bookworm', '--parent-archive-areas', 'main contrib', '-m', 'http://p.example/']],
  },
  'boot loaders': { runs: [['--bootloaders', 'grub-pc,grub-efi', '--uefi-secure-boot', 'disable']] },
  dracut: { runs: [['--initramfs', 'dracut-live', '--iso-volume', 'My Live']] },
  'an installer': {
    runs: [['--debian-installer', 'live', '--debian-installer-gui', 'false', '--memtest', 'memtest86+']],
  },
  'no cache and sysvinit': { runs: [['--cache', 'false', '--initsystem', 'sysvinit', '--gzip-options', '-9']] },
  'a normal system': { runs: [['--system', 'normal', '--checksums', 'md5 sha512', '--zsync', 'true']] },
  // No quotes, dollars or backslashes: live-build writes them as they are and cannot read them again.
  'texts and flags': {
    runs: [
      ['--iso-application', "It's plain; #1 (one)", '--bootappend-live', 'boot=live  a=b', '--dm-verity', '--debug'],
    ],
  },
  'two runs': {
    runs: [
      ['--security', 'true', '--linux-packages', 'linux-image linux-headers'],
      ['-k', 'rt-amd64', '--source', 'true'],
    ],
  },
  'a change of mind': {
    runs: [[], ['-b', 'hdd', '--archive-areas', 'main contrib']],
    differences: {
      LB_PARENT_ARCHIVE_AREAS: { ours: 'main contrib', theirs: 'main', because: frozen },
    },
  },
};

function environment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', LIVE_BUILD: join(workspace, 'checkout'), LC_ALL: 'C.UTF-8' };
}

function runTheirs(directory: string, argv: readonly string[]): void {
  const lb = join(workspace, 'package/usr/bin/lb');
  const result = spawnSync('sh', [lb, 'config', ...argv], { cwd: directory, encoding: 'utf8', env: environment() });
  if (result.status !== 0) throw new Error(`live-build failed:\n${result.stdout}${result.stderr}`);
}

async function runOurs(directory: string, argv: readonly string[]): Promise<void> {
  const outcome = await runConfigCommand({ directory, argv, env: {}, stdout: () => undefined });
  expect(outcome.kind).toBe('written');
}

function storedVariables(directory: string): Record<string, string> {
  const names = optionNames.map(rowOf).filter(({ file, commented }) => file !== 'none' && !commented);
  const show = names.map(({ variable }) => `printf '%s\\0' "\${${variable}-UNSET}"`).join('\n');
  const script = `for f in common bootstrap chroot binary source; do . ./config/$f; done\n${show}`;
  const result = spawnSync('sh', ['-ec', script], { cwd: directory, encoding: 'utf8', env: {} });
  expect(result.stderr).toBe('');
  return Object.fromEntries(
    result.stdout
      .split('\0')
      .slice(0, -1)
      .map((value, index) => [names[index]?.variable, value]),
  );
}

function directories(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

function liveList(directory: string): string | undefined {
  const path = join(directory, 'config/package-lists/live.list.chroot');
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

test.each(Object.entries(cases))('%s', async (name, { runs, differences = {} }) => {
  const [ours, theirs] = ['ours', 'theirs'].map((who) => join(workspace, who, name)) as [string, string];
  for (const [index, argv] of runs.entries()) {
    const words = index === 0 ? [...base, ...argv] : argv;
    for (const directory of [ours, theirs]) mkdirSync(directory, { recursive: true });
    await runOurs(ours, words);
    runTheirs(theirs, words);
  }
  const [mine, original] = [storedVariables(ours), storedVariables(theirs)];
  for (const variable of Object.keys(alwaysDifferent)) {
    expect(mine[variable]).not.toBe('UNSET');
    delete mine[variable];
    delete original[variable];
  }
  for (const variable of Object.keys(mine).filter(isOwn)) {
    expect([variable, original[variable]]).toEqual([variable, 'UNSET']);
    delete mine[variable];
    delete original[variable];
  }
  for (const [variable, { ours: ourValue, theirs: theirValue }] of Object.entries(differences)) {
    expect([variable, mine[variable], original[variable]]).toEqual([variable, ourValue, theirValue]);
    mine[variable] = theirValue;
  }
  expect(mine).toEqual(original);
  expect(directories(ours)).toEqual(directories(theirs));
  expect(liveList(ours)).toBe(liveList(theirs));
  const hooks = ['live', 'normal'].map((pass) => `config/hooks/${pass}`);
  for (const path of hooks)
    expect(readdirSync(join(ours, path)).sort()).toEqual(readdirSync(join(theirs, path)).sort());
});

test('live-build reads our files back and keeps every value', async () => {
  const directory = join(workspace, 'shared');
  mkdirSync(directory);
  await runOurs(directory, [...base, '--iso-volume', 'X', '--bootloaders', 'syslinux', '--updates', 'false']);
  const withoutOwn = () =>
    Object.fromEntries(Object.entries(storedVariables(directory)).filter(([variable]) => !isOwn(variable)));
  const before = withoutOwn();
  runTheirs(directory, []);
  expect(withoutOwn()).toEqual(before);
  await runOurs(directory, []);
  expect(withoutOwn()).toEqual(before);
});

import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { nearest } from './nearest.ts';
import { oldDirectories } from './oldTree.ts';
import type { ConfigWarning } from './settings.ts';

/** Which names of a directory are read. */
interface Place {
  readonly path: string;
  /** Whole names. */
  readonly names?: readonly string[];
  /** Endings of names. */
  readonly endings?: readonly string[];
  /** Endings that are read too and that nobody is advised to use. */
  readonly otherEndings?: readonly string[];
  /** Directories of which something else says what they are. */
  readonly otherDirectories?: readonly string[];
  /** Names of directories in it that are read, or have their own place here. */
  readonly directories?: readonly string[];
  /** For names that nothing reads and that are no slips: what to know. */
  readonly advice?: Readonly<Record<string, string>>;
}

const grubPc = 'GRUB has its files, for BIOS and UEFI alike, from config/bootloaders/grub-pc.';

const phases = (kinds: readonly string[]): string[] =>
  kinds.flatMap((kind) => [kind, `${kind}.chroot`, `${kind}.binary`]);
const hookEndings = ['.hook.chroot', '.hook.binary', '.hook.source'];
const optionFiles = ['all', 'common', 'bootstrap', 'chroot', 'binary', 'source'];

const places: readonly Place[] = [
  {
    path: 'config',
    names: [...optionFiles, 'environment', 'environment.chroot', 'environment.binary'],
    advice: {
      build:
        'live-build 4 kept architecture and type of the image there: set them with --architecture and --binary-image.',
    },
    directories: [
      ...[
        'apt',
        'archives',
        'bootloaders',
        'debian-installer',
        'hooks',
        'package-lists',
        'packages',
        'packages.binary',
      ],
      ...['packages.chroot', 'preseed', 'rootfs', 'tests', 'includes.binary', 'includes.chroot', 'includes.installer'],
      ...['includes.chroot_after_packages', 'includes.chroot_before_packages'],
      // live-build makes the first two as well, and reads nothing of them either.
      ...['includes', 'includes.bootstrap', 'includes.source'],
    ],
    otherDirectories: oldDirectories.map(({ path }) => path),
  },
  { path: 'config/apt', names: ['apt.conf', 'preferences'], endings: ['.pref'] },
  {
    path: 'config/archives',
    endings: [...phases(['.list', '.sources', '.key', '.pref', '.conf', '.auth']), '.deb'],
  },
  {
    path: 'config/bootloaders',
    names: ['splash.svg'],
    directories: ['grub-pc', 'isolinux', 'syslinux', 'extlinux', 'pxelinux', 'syslinux_common'],
    advice: { 'grub-efi': grubPc, 'grub-legacy': grubPc },
  },
  { path: 'config/debian-installer', names: ['udeb_exclude'], endings: ['.cfg'] },
  { path: 'config/hooks', directories: ['normal', 'live'] },
  { path: 'config/hooks/normal', endings: hookEndings, otherEndings: ['.chroot', '.binary', '.source'] },
  { path: 'config/hooks/live', endings: hookEndings, otherEndings: ['.chroot', '.container', '.binary', '.source'] },
  {
    path: 'config/package-lists',
    endings: ['.list', '.list.chroot', '.list.chroot_install', '.list.chroot_live', '.list.binary'],
  },
  { path: 'config/packages', endings: ['.deb', '.udeb'] },
  { path: 'config/packages.binary', endings: ['.deb', '.udeb'] },
  { path: 'config/packages.chroot', endings: ['.deb'] },
  { path: 'config/preseed', endings: ['.cfg', '.cfg.chroot', '.cfg.installer'] },
  {
    path: 'config/rootfs',
    names: ['excludes'],
    advice: {
      'squashfs.sort':
        'Files lie in filesystem.squashfs in the order of the packages that it is linked of; what is in it is the same.',
    },
  },
];

/** What people keep beside files that are read; hidden files are not looked at. */
const notes = /^(README|LICENSE|COPYING|NOTES|TODO)|\.(md|txt)$|~$/i;

/** A warning for each file or directory below `config/` that nothing reads, with the nearest name that is read. */
export async function findStrayFiles(directory: string): Promise<ConfigWarning[]> {
  const found = await Promise.all(places.map((place) => strayIn(directory, place)));
  return found.flat();
}

async function strayIn(directory: string, place: Place): Promise<ConfigWarning[]> {
  const entries = await orIfAbsent(readdir(join(directory, place.path), { withFileTypes: true }), []).catch(() => []);
  return entries
    .filter((entry) => !entry.name.startsWith('.') && !notes.test(entry.name) && !isRead(entry, place))
    .map(({ name }) => name)
    .sort()
    .map((name) => describe(name, place));
}

function isRead(entry: Dirent, { path, names = [], directories = [], ...place }: Place): boolean {
  const known = [...directories, ...(place.otherDirectories ?? [])];
  if (entry.isDirectory()) return known.includes(entry.name);
  const { name } = entry;
  const endings = [...(place.endings ?? []), ...(place.otherEndings ?? [])];
  if (names.includes(name) || endings.some((ending) => name.endsWith(ending) && name !== ending)) return true;
  // A link may stand for a directory; and `config/common.amd64` is read on amd64.
  if (entry.isSymbolicLink() && directories.includes(name)) return true;
  return path === 'config' && optionFiles.some((file) => name.startsWith(`${file}.`));
}

function describe(name: string, place: Place): ConfigWarning {
  const message = `Nothing reads ${place.path}/${name}.`;
  return { message, hint: place.advice?.[name] ?? hintFor(name, place), place: { path: `${place.path}/${name}` } };
}

function hintFor(name: string, { path, names = [], endings = [], directories = [] }: Place): string {
  const stem = name.replace(/\..*$/, '');
  const whole = endings.map((ending) => stem + ending);
  const unfinished = name.includes('.') ? whole.find((candidate) => candidate.startsWith(`${name}.`)) : undefined;
  const near = unfinished ?? nearest(name, [...names, ...directories, ...whole]);
  const read = [...names, ...directories, ...endings.map((ending) => `*${ending}`)];
  return near === undefined ? `What is read there: ${read.join(' ')}.` : `Did you mean ${path}/${near}?`;
}

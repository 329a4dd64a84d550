import { readFileSync } from 'node:fs';
import { adjustments } from '../../src/config/adjust.ts';
import { optionNames, rowOf } from '../../src/config/options.ts';

/** One fact that is not the same on both sides; undefined: it is not there. */
export interface Mismatch {
  /** `variable LB_X`, `path X`, `outcome`, `list PASS`. */
  readonly fact: string;
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
}

/** Whether a mismatch is what the difference of this name is about. Why it is wanted stands in `docs/differences.md`. */
type Accepts = (mismatch: Mismatch) => boolean;

const variable =
  (pattern: RegExp, accepts: (ours: string, theirs: string) => boolean): Accepts =>
  ({ fact, ours, theirs }) =>
    fact.startsWith('variable ') &&
    pattern.test(fact.slice('variable '.length)) &&
    ours !== undefined &&
    theirs !== undefined &&
    accepts(ours, theirs);

const outcome =
  (ours: string, theirs: string): Accepts =>
  (found) =>
    found.fact === 'outcome' && found.ours === ours && found.theirs === theirs;

const onlyOurs = outcome('done', 'refused');

/** Differences that every configuration shows, or may show. */
export const everywhere: Readonly<Record<string, Accepts>> = {
  'written-by': variable(/^LB_CONFIGURATION_VERSION$/, (_, theirs) => theirs.startsWith('20250505')),
  'installer-suite': variable(
    /^LB_PARENT_DEBIAN_INSTALLER_DISTRIBUTION$/,
    (ours, theirs) => ours !== '' && theirs === '',
  ),
  'own-options': ({ fact, theirs }) =>
    /^variable LB_(PROFILE$|(BOOT_MENU|NET_ROOT|NET_COW)_)/.test(fact) && theirs === undefined,
};

/** The variables whose default follows other options. */
const following = new Set(
  optionNames.filter((name) => 'derivedFrom' in rowOf(name) || name in adjustments).map((name) => rowOf(name).variable),
);

/** Differences that a row names. */
export const named: Readonly<Record<string, Accepts>> = {
  'default-suite': variable(
    /DISTRIBUTION|^LB_ISO_VOLUME$/,
    (ours, theirs) => theirs.includes('testing') && ours === theirs.replace('testing', 'trixie'),
  ),
  'default-mirrors': variable(
    /^LB_(PARENT_)?MIRROR_/,
    (ours, theirs) => ours !== '' && /^http:\/\/[a-z.]+\.org\//.test(theirs),
  ),
  'short-volume': variable(
    /^LB_ISO_VOLUME$/,
    (ours, theirs) => ours.length <= 32 && theirs.length > 32 && theirs.startsWith(`Debian ${ours.split(' ')[0]}`),
  ),
  placeholders: variable(
    /^LB_ISO_(VOLUME|PREPARER)$/,
    (ours, theirs) =>
      theirs.replace(/[0-9]{8}-[0-9:]{5}$/, '@ISOVOLUME_TS@').replace(/2025[0-9]+[+a-z0-9]*/, '@LB_VERSION@') === ours,
  ),
  'one-union': variable(/^LB_UNION_FILESYSTEM$/, (ours, theirs) => ours === 'overlay' && theirs === 'aufs'),
  blanks: variable(/MIRROR|_STAGES$|_OPTIONS$/, (ours, theirs) => theirs !== ours && theirs.trim() === ours),
  'two-names': onlyOurs,
  'uefi-everywhere': variable(/^LB_BOOTLOADER_EFI$/, (ours, theirs) => ours === 'grub-efi' && theirs === ''),
  'several-images': onlyOurs,
  'retired-options': onlyOurs,
  'old-trees': ({ fact, ours }) =>
    fact.startsWith('path config/') && /^link to (\.\.\/)*(chroot|binary)_local-/.test(ours ?? ''),
  'grub-on-disks': onlyOurs,
  'lists-with-commas': onlyOurs,
  'preseed-path': variable(
    /^LB_BOOTAPPEND_INSTALL$/,
    (ours, theirs) => theirs.includes(ours) || theirs.replace('//', '/') === ours,
  ),
  quoting: ({ fact, ours, theirs }) => fact === 'option files' && ours === undefined && theirs !== undefined,
  'conffile-without-slash': onlyOurs,
  'override-files': variable(/^LB_HDD_LABEL$/, (ours) => ours === 'I386'),
  'other-variables': ({ fact, theirs }) => fact === 'variable A' && theirs === undefined,
  'never-run': outcome('refused', 'done'),
  'checked-values': outcome('refused', 'done'),
  emulator: onlyOurs,
  'old-variables': variable(/^LB_(ARCHITECTURE|IMAGE_TYPE|LINUX_FLAVOURS_WITH_ARCH)$/, (ours) =>
    /^(i386|hdd|686-pae)$/.test(ours),
  ),
  'frozen-defaults': ({ fact, ours, theirs }) =>
    fact.startsWith('variable ') && ours !== theirs && following.has(fact.slice(9)),
};

/** The names that `docs/differences.md` explains: those of its rows. */
export function readExplained(path: URL): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]!);
}

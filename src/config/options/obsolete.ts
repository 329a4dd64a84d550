import type { OptionName } from '../options.ts';
import { goneOptions } from './gone.ts';
import { packageListLines, taskLines } from './oldLists.ts';

/** What an option of earlier days means today: another option's value, or lines of a package list. */
export type Meaning = { readonly option: OptionName; readonly text: string } | { readonly lines: readonly string[] };

/** An option that live-build had once. */
export interface ObsoleteRow {
  readonly long: string;
  readonly short?: string;
  readonly argument: 'required';
  /** live-build 20250505 refuses it. Then it has no abbreviations, which could be those of an option of today. */
  readonly wholeName?: true;
  /** To follow the option's name: `is now --archive-areas`, `does nothing any more: ...`. */
  readonly obsolete: string;
  /** What this value means today; absent or undefined: nothing. */
  readonly means?: (value: string) => Meaning | undefined;
}

type Means = NonNullable<ObsoleteRow['means']>;

function refusedToday(long: string, obsolete: string, means?: Means): ObsoleteRow {
  return { long, argument: 'required', wholeName: true, obsolete, ...(means === undefined ? {} : { means }) };
}

/** Only another name. */
function renamed(long: string, option: OptionName, name: string): ObsoleteRow {
  return refusedToday(long, `is now --${name}`, (text) => ({ option, text }));
}

const truths = new Set(['true', 'enabled', 'yes']);
const whenTrue =
  (option: OptionName, text: string): Means =>
  (value) =>
    truths.has(value) ? { option, text } : undefined;

const names: readonly ObsoleteRow[] = [
  renamed('sections', 'archiveAreas', 'archive-areas'),
  renamed('categories', 'archiveAreas', 'archive-areas'),
  renamed('chroot-build', 'buildWithChroot', 'build-with-chroot'),
  renamed('bootappend', 'bootappendLive', 'bootappend-live'),
  renamed('bootappend-failsafe', 'bootappendLiveFailsafe', 'bootappend-live-failsafe'),
  renamed('bootstrap-keyring', 'keyringPackages', 'keyring-packages'),
  renamed('mirror-bootstrap-security', 'mirrorChrootSecurity', 'mirror-chroot-security'),
  renamed('volatile', 'updates', 'updates'),
  renamed('virtual-root-size', 'hddSize', 'hdd-size'),
  renamed('net-filesystem', 'netRootFilesystem', 'net-root-filesystem'),
  renamed('net-path', 'netRootPath', 'net-root-path'),
  renamed('net-server', 'netRootServer', 'net-root-server'),
  renamed('net-mountoptions', 'netRootMountoptions', 'net-root-mountoptions'),
];

const meanings: readonly ObsoleteRow[] = [
  refusedToday('binary-indices', 'is now --apt-indices, which is true or false', (value) => ({
    option: 'aptIndices',
    text: truths.has(value) ? 'true' : 'false',
  })),
  {
    ...refusedToday('bootstrap-flavour', 'is now an option of debootstrap, --variant', (value) =>
      value === 'minimal' ? { option: 'debootstrapOptions', text: '--variant=minbase' } : undefined,
    ),
    short: 'f',
  },
  refusedToday(
    'debian-installer-daily',
    'is now --debian-installer-distribution daily',
    whenTrue('debianInstallerDistribution', 'daily'),
  ),
  refusedToday('sysvinit', 'is now --initsystem sysvinit', whenTrue('initsystem', 'sysvinit')),
  // 0 is SYSLINUX's word for waiting, which is what our menus do without the option.
  refusedToday('syslinux-timeout', 'is now --boot-menu-timeout', (text) =>
    text === '0' ? undefined : { option: 'bootMenuTimeout', text },
  ),
  refusedToday('packages', 'is now a package list', (value) => ({ lines: value.split(/[\s,]+/).filter(Boolean) })),
  refusedToday('tasks', 'is now a package list with task-NAME', taskLines),
  { ...refusedToday('packages-lists', 'is now a file in config/package-lists', packageListLines), short: 'p' },
  refusedToday('package-lists', 'is now a file in config/package-lists', packageListLines),
];

/** Every option that a live-build of the years 2006 to 2025 had, and that is none of today's. */
export const obsoleteOptions: readonly ObsoleteRow[] = [
  ...Object.entries(goneOptions).map(
    ([long, { why, short, isKnownToday }]): ObsoleteRow => ({
      ...(isKnownToday ? { long, argument: 'required', obsolete: '' } : refusedToday(long, '')),
      ...(short === undefined ? {} : { short }),
      obsolete: `does nothing any more: ${why}`,
    }),
  ),
  ...names,
  ...meanings,
];

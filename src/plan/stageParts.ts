import type { LiveValues } from '../config/options.ts';

export type StageName = 'bootstrap' | 'chroot' | 'installer' | 'binary' | 'source';

/** One of the scripts that live-build's stages consist of, and which of our steps do its work. */
export interface Part {
  readonly name: string;
  readonly stage: StageName;
  /** Names of steps; absent: there is nothing to do for it, see `reason`. */
  readonly steps?: RegExp;
  /** The command may name a pass of packages, `install` or `live`. */
  readonly passes?: true;
  /** Why nothing is done. */
  readonly reason?: string;
  /** Whether live-build leaves the stage file; default: where there are such steps. */
  readonly when?: 'always' | 'never' | ((values: LiveValues) => boolean);
  /** Names of its stage files, where they are not its own. */
  readonly files?: readonly string[];
}

const lent =
  'What the build needs in the system is lent to each step: there is nothing to install and nothing to remove.';
const kept = 'The store keeps what was built.';
const hasDisk = ({ binaryImages }: LiveValues): boolean => binaryImages.some((type) => type !== 'tar');
const noSource = 'The configuration asks for no source image of this kind.';
const isDisk = (types: readonly string[]): boolean => types.some((type) => type === 'iso' || type === 'hdd');
const layOut = /^lay-out:/;

/** live-build(7) 20250505 in the order of its stages; `bootstrap_archives` is of 20230502. */
export const parts: readonly Part[] = [
  ...of('bootstrap', [
    { name: 'cache', reason: kept, when: 'always', files: ['bootstrap_cache.save'] },
    { name: 'debootstrap', steps: /^bootstrap$/, files: ['bootstrap'] },
    { name: 'archives', steps: /^bootstrap$/, when: 'never' },
  ]),
  ...of('chroot', [
    {
      name: 'cache',
      reason: kept,
      when: ({ cacheStages }) => cacheStages.includes('chroot'),
      files: ['chroot_cache.save'],
    },
    { name: 'prep', reason: lent, when: 'never' },
    ...[
      'devpts',
      'proc',
      'selinuxfs',
      'sysfs',
      'debianchroot',
      'dpkg',
      'tmpfs',
      'sysv-rc',
      'hosts',
      'resolv',
      'hostname',
    ]
      .concat('apt', 'archives')
      .map((name): Entry => ({ name, reason: lent, when: 'never' })),
    { name: 'linux-image', steps: /^resolve$/, when: ({ linuxPackages }) => !linuxPackages.includes('none') },
    { name: 'firmware', steps: /^firmware$/ },
    { name: 'preseed', steps: /^(preseed|packages:)/, when: 'always' },
    { name: 'includes_before_packages', steps: /^includes:.*before_packages$/, when: 'always' },
    { name: 'package-lists', steps: /^resolve$/, files: ['chroot_package-lists.install', 'chroot_package-lists.live'] },
    {
      ...{ name: 'install-packages', steps: /^packages:/, passes: true },
      files: ['chroot_install-packages.install', 'chroot_install-packages.live'],
    },
    { name: 'includes_after_packages', steps: /^includes:includes\.chroot(_after_packages)?$/, when: 'always' },
    { name: 'hooks', steps: /^hook:(normal|live)\//, when: 'always' },
    { name: 'hacks', steps: /^(initrd|swap-file)$/ },
    {
      ...{ name: 'interactive', steps: /^interactive$/ },
      reason:
        'No shell is asked for (--interactive), or there is no terminal; "lb shell initrd" looks at the system too.',
    },
  ]),
  ...of('installer', [
    { name: 'chroot', reason: lent, when: 'never' },
    { name: 'debian-installer', steps: /^installer$/ },
    { name: 'preseed', steps: /^installer(:includes)?$/ },
  ]),
  ...of('binary', [
    { name: 'chroot', reason: 'The system image is made of the layers of the root as they are.', when: 'always' },
    { name: 'rootfs', steps: /^rootfs$/ },
    { name: 'dm-verity', steps: /^dm-verity$/, when: 'always' },
    { name: 'manifest', steps: /^listings$/ },
    { name: 'package-lists', steps: /^pool(:installer)?$/, when: 'always' },
    { name: 'linux-image', steps: layOut },
    { name: 'memtest', steps: layOut, when: ({ memtest }) => memtest !== 'none' },
    { name: 'grub-legacy' },
    { name: 'grub-pc', steps: layOut, when: ({ bootloaderBios }) => bootloaderBios === 'grub-pc' },
    { name: 'grub_cfg', steps: layOut },
    { name: 'syslinux', steps: layOut, when: ({ bootloaderBios }) => bootloaderBios === 'syslinux' },
    { name: 'disk', steps: layOut },
    { name: 'loadlin', steps: /^loadlin$/ },
    { name: 'win32-loader', steps: /^win32-loader$/ },
    { name: 'includes', steps: layOut },
    { name: 'grub-efi', steps: layOut, when: ({ bootloaderEfi }) => bootloaderEfi === 'grub-efi' },
    { name: 'bootloader_splash', steps: layOut, when: hasDisk },
    { name: 'hooks', steps: /^hook:(?!source:)[^:]+:/, when: 'always' },
    { name: 'checksums', steps: /^medium:/, when: ({ checksums }) => !checksums.includes('none') },
    { name: 'iso', steps: /^image:iso(-hybrid)?$/ },
    { name: 'onie', steps: /^onie:/ },
    { name: 'netboot', steps: /^image:netboot$/ },
    { name: 'tar', steps: /^image:tar$/ },
    { name: 'hdd', steps: /^image:hdd$/ },
    { name: 'zsync', steps: /^zsync:/ },
  ]),
  ...of('source', [
    { name: 'live', steps: /^source$/, reason: noSource },
    { name: 'debian', steps: /^source$/, reason: noSource },
    {
      name: 'disk',
      steps: /^source$/,
      reason: noSource,
      when: ({ source, sourceImages }) => source && isDisk(sourceImages),
    },
    { name: 'hooks', steps: /^(hook:source:|source$)/, reason: noSource },
    {
      ...{ name: 'checksums', steps: /^source-medium$/, reason: noSource },
      when: ({ source, checksums }) => source && !checksums.includes('none'),
    },
    { name: 'iso', steps: /^image:source-iso$/, reason: noSource },
    { name: 'tar', steps: /^image:source-tar:/, reason: noSource },
    { name: 'hdd', steps: /^image:source-hdd$/, reason: noSource },
  ]),
];

type Entry = Omit<Part, 'stage'>;

function of(stage: StageName, entries: readonly Entry[]): Part[] {
  return entries.map((entry) => ({ ...entry, stage, name: `${stage}_${entry.name}` }));
}

export const stageNames: readonly StageName[] = ['bootstrap', 'chroot', 'installer', 'binary', 'source'];

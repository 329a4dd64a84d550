import { shortVolume, usualVolume } from './isoVolume.ts';
import type { ImageType } from './options/image.ts';
import type { LiveValues, OptionName, ValueOf } from './options.ts';

type Adjustment<T> = (value: T, values: LiveValues) => T;

const biosLoaders = ['grub-legacy', 'grub-pc', 'syslinux'] as const;

/** With an installer there is an MD5 list: its cdrom-checker reads nothing else. */
function withInstallersMd5(checksums: ValueOf<'checksums'>, values: LiveValues): ValueOf<'checksums'> {
  if (values.debianInstaller === 'none' || checksums.includes('md5')) return checksums;
  return [...checksums.filter((type) => type !== 'none'), 'md5'];
}

const preseedDirectories: Readonly<Record<ImageType, string | undefined>> = {
  iso: '/cdrom/install/',
  'iso-hybrid': '/cdrom/install/',
  hdd: '/hd-media/install/',
  netboot: '/',
  tar: undefined,
};

/** Tells the installer where its preseed file is; once, however often the value is written and read again. */
function withPreseed(parameters: string, values: LiveValues): string {
  const file = values.debianInstallerPreseedfile;
  // One command line for all images: with several, the first has the say.
  const [image = 'iso-hybrid'] = values.binaryImages;
  const directory = preseedDirectories[image];
  if (file === '' || directory === undefined) return parameters;
  const isRemote = image === 'netboot' && file.includes('://');
  const word = `file=${isRemote ? file : directory + file.replace(/^\/+/, '')}`;
  return parameters.split(' ').includes(word) ? parameters : `${parameters} ${word}`.trim();
}

/** Values that are not what was set, or what the default is, because another option has the last word. */
export const adjustments: { readonly [Name in OptionName]?: Adjustment<ValueOf<Name>> } = {
  // --bootloaders names both; where it is given, it is all there is.
  bootloaderBios: (value, { bootloaders }) =>
    bootloaders.length === 0 ? value : (biosLoaders.find((loader) => bootloaders.includes(loader)) ?? ''),
  bootloaderEfi: (value, { bootloaders }) =>
    bootloaders.length === 0 ? value : bootloaders.includes('grub-efi') ? 'grub-efi' : '',
  bootappendInstall: withPreseed,
  cacheIndices: (value, { cache }) => cache && value,
  cachePackages: (value, { cache }) => cache && value,
  cacheStages: (value, { cache }) => (cache ? value : ['bootstrap']),
  checksums: withInstallersMd5,
  isoVolume: (value, values) => {
    const fitting = value === usualVolume(values) ? shortVolume(values) : value;
    // The kernel command line names the medium by its label, and words end at blanks.
    return values.initramfs === 'dracut-live' ? fitting.replaceAll(' ', '_') : fitting;
  },
  gzipOptions: (value) => `${value.replaceAll(/ ?--rsyncable/g, '').trim()} --rsyncable`.trim(),
};

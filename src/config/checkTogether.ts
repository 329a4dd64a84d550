import { LivewrightError } from '../errors.ts';
import { placeOf } from './checkValue.ts';
import { fits, shortVolume, usualVolume } from './isoVolume.ts';
import { mirrorOf } from './mirrors.ts';
import { type LiveValues, type OptionName, rowOf } from './options.ts';
import { profiles } from './profiles.ts';
import type { ConfigWarning, Origin } from './settings.ts';

interface Finding {
  /** The options concerned; the first that was set is the place. */
  readonly options: readonly OptionName[];
  readonly message: string;
  readonly hint: string;
}

type Check = (values: LiveValues) => Finding | undefined;

const biosLoaders = new Set(['grub-legacy', 'grub-pc', 'syslinux']);
const isIso = ({ binaryImages }: LiveValues) => binaryImages.some((type) => type === 'iso' || type === 'iso-hybrid');

/** ISO 9660 has 128 bytes for each name but the volume's. */
function isTooLong(text: string, limitBytes: number): boolean {
  return Buffer.byteLength(text) > limitBytes;
}

function dracutConflict(values: LiveValues): string | undefined {
  if (values.dmVerity) return '--dm-verity';
  if (values.bootloaderBios === 'grub-legacy') return 'the boot loader grub-legacy';
  if (values.bootloaderBios === 'syslinux' && values.binaryImages.some((type) => type !== 'netboot'))
    return 'the boot loader syslinux';
  const unknown = values.binaryImages.find((type) => type === 'hdd' || type === 'tar');
  if (unknown !== undefined) return `--binary-image ${unknown}`;
  if (values.initramfsCompression !== 'gzip') return `--initramfs-compression ${values.initramfsCompression}`;
  if (values.chrootFilesystem !== 'squashfs') return `--chroot-filesystem ${values.chrootFilesystem}`;
  if (values.initsystem !== 'systemd') return `--initsystem ${values.initsystem}`;
  if (values.checksums.some((type) => type !== 'md5' && type !== 'none')) return 'checksums other than md5';
  return undefined;
}

const refusals: readonly Check[] = [
  ({ bootloaders }) =>
    bootloaders.filter((loader) => biosLoaders.has(loader)).length > 1 ||
    bootloaders.filter((loader) => loader === 'grub-efi').length > 1
      ? {
          options: ['bootloaders'],
          message: `There can be one boot loader for BIOS and one for UEFI, not "${bootloaders.join(' ')}".`,
          hint: 'Choose one of grub-legacy, grub-pc and syslinux, and grub-efi or not.',
        }
      : undefined,
  ({ bootloaders, binaryImages }) => {
    const grub = bootloaders.find((loader) => loader === 'grub-pc' || loader === 'grub-legacy');
    if (grub === undefined || !binaryImages.includes('netboot')) return undefined;
    return {
      options: ['bootloaders', 'binaryImages'],
      message: `The boot loader ${grub} does not start netboot images.`,
      hint: 'Use syslinux, whose pxelinux does: lb config --bootloaders "syslinux grub-efi".',
    };
  },
  ({ checksums }) =>
    checksums.includes('none') && checksums.length > 1
      ? {
          options: ['checksums'],
          message: `Checksums are "none" or a list of others, not "${checksums.join(' ')}".`,
          hint: 'Leave out none, or all the others.',
        }
      : undefined,
  (values) => {
    const conflict = values.initramfs === 'dracut-live' ? dracutConflict(values) : undefined;
    if (conflict === undefined) return undefined;
    return {
      options: ['initramfs'],
      message: `dracut-live does not go with ${conflict}.`,
      hint: 'Change one of them.',
    };
  },
  ({ bootstrapQemuArchitecture, bootstrapQemuStatic }) =>
    bootstrapQemuArchitecture !== '' && bootstrapQemuStatic === ''
      ? {
          options: ['bootstrapQemuArchitecture'],
          message: `No emulator is named for ${bootstrapQemuArchitecture}.`,
          hint: 'Name one with --bootstrap-qemu-static.',
        }
      : undefined,
];

function tooLongField(name: 'isoApplication' | 'isoPreparer' | 'isoPublisher'): Check {
  return (values) =>
    isTooLong(values[name], 128)
      ? { options: [name], message: `--${rowOf(name).long} is longer than 128 bytes.`, hint: 'Shorten it.' }
      : undefined;
}

/** A later `lb config` may give a shorter name, so it is refused only when an image is to be made. */
const longVolume: Check = (values) =>
  isIso(values) && !fits(values.isoVolume)
    ? {
        options: ['isoVolume', 'distribution'],
        message: `The volume name "${values.isoVolume}" is longer than the 32 bytes that an ISO image has for it.`,
        hint: 'Give a shorter one with --iso-volume.',
      }
    : undefined;

const underscored = (text: string) => text.replaceAll(' ', '_');

/** Only a default is shortened; dracut's has other blanks. */
const shortenedVolume: Check = (values) =>
  isIso(values) && !fits(usualVolume(values)) && underscored(values.isoVolume) === underscored(shortVolume(values))
    ? {
        options: ['isoVolume', 'distribution'],
        message: `The default volume name "${usualVolume(values)}" is longer than the 32 bytes that an ISO image has for it, so it is "${values.isoVolume}".`,
        hint: 'Give another one with --iso-volume.',
      }
    : undefined;

/** The type that was set counts; somebody who asks for a profile should hear why nothing comes of it. */
const idleProfile: Check = ({ profile, chrootSquashfsCompressionType: type }) =>
  profile !== '' && type !== profiles[profile].type
    ? {
        options: ['chrootSquashfsCompressionType', 'profile'],
        message: `--profile ${profile} changes nothing, as the compression is set: "${type}".`,
        hint: 'To leave it to the profile: lb config --chroot-squashfs-compression-type "".',
      }
    : undefined;

/** live-build writes such values into its files as they are, and sh runs them each time that it reads the file. */
function commandIn(name: 'isoVolume' | 'isoApplication' | 'isoPreparer' | 'isoPublisher' | 'imageName'): Check {
  return (values) =>
    /\$\(|`/.test(values[name])
      ? {
          options: [name],
          message: `--${rowOf(name).long} has a command in it, which is taken as it stands; live-build would run it.`,
          hint: name === 'isoVolume' ? 'Write @ISOVOLUME_TS@ for the time of the build.' : 'Write its output.',
        }
      : undefined;
}
/** The same: Debian's archive has none of a derivative's suites. */
const noMirror: Check = (values) => {
  const missing = (['Chroot', 'Binary'] as const).find((phase) => mirrorOf(values, phase) === '');
  if (missing === undefined) return undefined;
  const where = missing === 'Chroot' ? 'to build from' : 'for the image to update from';
  return {
    options: ['mode'],
    message: `The mode "${values.mode}" has no default mirror, and none is set ${where}.`,
    hint: `Name one with --mirror-${missing === 'Chroot' ? 'bootstrap' : 'binary'} URL.`,
  };
};

/** A hash tree is of one file. */
const verityOfTree: Check = ({ dmVerity, chrootFilesystem }) =>
  dmVerity && (chrootFilesystem === 'plain' || chrootFilesystem === 'none')
    ? {
        options: ['dmVerity', 'chrootFilesystem'],
        message: `There is no system image that dm-verity could check, with --chroot-filesystem ${chrootFilesystem}.`,
        hint: 'Set --chroot-filesystem squashfs, or leave out --dm-verity.',
      }
    : undefined;

/** Programs that only a PC starts: live-build leaves them out elsewhere, with a warning too. */
const onlyOnPcs: Check = ({ architecture, memtest, loadlin, win32Loader }) => {
  if (architecture === 'amd64' || architecture === 'i386') return undefined;
  const asked = [
    ...(memtest === 'none' ? [] : (['memtest'] as const)),
    ...(loadlin ? (['loadlin'] as const) : []),
    ...(win32Loader ? (['win32Loader'] as const) : []),
  ];
  const [first] = asked;
  if (first === undefined) return undefined;
  return {
    options: [...asked, 'architecture'],
    message: `Nothing comes of --${rowOf(first).long}: there is no such program for ${architecture}.`,
    hint: `Set it back with lb config --${rowOf(first).long} "".`,
  };
};

const cautions: readonly Check[] = [
  onlyOnPcs,
  longVolume,
  shortenedVolume,
  idleProfile,
  ...(['isoVolume', 'isoApplication', 'isoPreparer', 'isoPublisher', 'imageName'] as const).map(commandIn),
  verityOfTree,
  ({ dmVerity, dmVerityFec, dmVeritySign }) =>
    !dmVerity && (dmVerityFec !== undefined || dmVeritySign !== '')
      ? {
          options: ['dmVerityFec', 'dmVeritySign'],
          message: 'Parity bytes and signatures are made for a hash tree, and none is asked for.',
          hint: 'Give --dm-verity too.',
        }
      : undefined,
  ({ initramfs, chrootFilesystem }) =>
    initramfs === 'none' && chrootFilesystem !== 'none'
      ? {
          options: ['initramfs', 'system'],
          message: `Nothing in the image will mount its system: with --initramfs none, boot/filesystem.${chrootFilesystem} only lies there, as with live-build.`,
          hint: 'Set --chroot-filesystem none with --binary-images hdd and --binary-filesystem ext4 for a disk that is itself the system.',
        }
      : undefined,
  // overlayfs.rst of the kernel: NFS is not suitable for the layer that is written, and live-boot has no other union today.
  ({ binaryImages, netCowPath }) =>
    binaryImages.includes('netboot') && netCowPath !== ''
      ? {
          options: ['netCowPath'],
          message:
            'Today’s live systems cannot write to a layer on NFS: overlayfs, their only union, does not take it.',
          hint: 'Leave out --net-cow-path, unless the system brings a union that does.',
        }
      : undefined,
  ({ bootstrapQemuArchitecture: emulated, architecture }) =>
    emulated !== '' && emulated !== architecture
      ? {
          options: ['bootstrapQemuArchitecture', 'architecture'],
          message: `--bootstrap-qemu-arch names ${emulated}, and the image is for ${architecture}, so it changes nothing.`,
          hint: `For an image of that architecture, set --architecture ${emulated}.`,
        }
      : undefined,
  ({ bootloaderBios, bootloaderEfi }) =>
    bootloaderBios === '' && bootloaderEfi === ''
      ? { options: ['bootloaders'], message: 'There is no boot loader.', hint: 'Name one with --bootloaders.' }
      : undefined,
  ({ cacheStages }) => {
    const unknown = cacheStages.filter((stage) => !['bootstrap', 'chroot', 'rootfs'].includes(stage));
    if (unknown.length === 0) return undefined;
    return {
      options: ['cacheStages'],
      message: `There is no stage "${unknown[0]}" to cache.`,
      hint: 'The stages are bootstrap, chroot and rootfs; the store keeps them all in any case.',
    };
  },
  tooLongField('isoApplication'),
  tooLongField('isoPreparer'),
  tooLongField('isoPublisher'),
];

export interface TogetherReport {
  readonly problems: readonly LivewrightError[];
  readonly warnings: readonly ConfigWarning[];
}

type OriginOf = (name: OptionName) => Origin;

/** Checks values against each other. */
export function checkTogether(values: LiveValues, originOf: OriginOf): TogetherReport {
  const found = (checks: readonly Check[]) =>
    checks.map((check) => check(values)).filter((finding) => finding !== undefined);
  return {
    problems: found(refusals).map((finding) => toProblem(finding, originOf)),
    warnings: found(cautions).map((finding) => locate(finding, originOf)),
  };
}

/** What `lb config` only warns of, because another run of it may still change it, and no image can be made with. */
export function checkBeforeBuild(values: LiveValues, originOf: OriginOf): LivewrightError[] {
  const findings = [longVolume, noMirror, verityOfTree].map((check) => check(values));
  return findings.filter((finding) => finding !== undefined).map((finding) => toProblem(finding, originOf));
}

function toProblem(finding: Finding, originOf: OriginOf): LivewrightError {
  const data = { options: finding.options.map((name) => rowOf(name).long ?? rowOf(name).variable) };
  return new LivewrightError('CONFIG_VALUE', { ...locate(finding, originOf), data });
}

function locate({ options, message, hint }: Finding, originOf: OriginOf): ConfigWarning {
  const place = options.map((name) => placeOf(originOf(name))).find((found) => found.place !== undefined);
  return { message, hint, ...place };
}

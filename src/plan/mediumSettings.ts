import type { ImageType } from '../config/options/image.ts';
import type { LiveValues } from '../config/options.ts';
import { checkHddSettings } from '../media/hdd/check.ts';
import type { ImageSettings } from '../media/image.ts';
import type { ChecksumName, MediumSettings, MenuOptions } from '../media/settings.ts';
import { checkSystem } from './checkSystem.ts';
import { isExt, isTree } from './systemKinds.ts';

/** What the makers of a medium of this type need of the configuration, and nothing that does not concern it. */
export function mediumSettings(values: LiveValues, imageType: ImageType, livewrightVersion: string): MediumSettings {
  checkSystem(values, imageType);
  return {
    architecture: values.architecture,
    imageType,
    ...((isExt(values.chrootFilesystem) || isTree(values.chrootFilesystem)) && {
      rootFilesystem: values.chrootFilesystem,
    }),
    ...(isDisk(imageType) && { filesystem: values.binaryFilesystem }),
    ...(imageType === 'netboot' && { net: netSettings(values) }),
    biosLoader:
      values.bootloaderBios === 'syslinux' || values.bootloaderBios === 'grub-pc' ? values.bootloaderBios : 'none',
    efiLoader: values.bootloaderEfi === 'grub-efi' ? 'grub-efi' : 'none',
    secureBoot: values.uefiSecureBoot,
    initramfs: values.initramfs,
    flavours: values.linuxFlavours.map((flavour) => flavour.replace(/:.*$/, '')),
    bootAppendLive: values.bootappendLive,
    bootAppendLiveFailsafe: values.bootappendLiveFailsafe,
    bootAppendInstall: values.bootappendInstall,
    distribution: values.distributionBinary,
    parentDistribution: values.parentDistributionBinary,
    isoVolume: values.isoVolume,
    isoApplication: values.isoApplication,
    isoPublisher: values.isoPublisher,
    isoPreparer: values.isoPreparer,
    linuxPackages: values.linuxPackages.join(' '),
    checksums: values.checksums.filter((name): name is ChecksumName => name !== 'none'),
    menu: menuOptions(values),
    ...installerSettings(values, imageType),
    memtest: values.memtest === 'memtest86+' && (values.architecture === 'amd64' || values.architecture === 'i386'),
    livewrightVersion,
  };
}

/** What concerns the image's file alone. Throws for a disk that cannot be made: before anything is. */
export function imageSettings(values: LiveValues, imageType: ImageType): ImageSettings {
  if (imageType === 'netboot' || imageType === 'tar') return { compression: values.compression };
  if (imageType !== 'hdd') return {};
  const { binaryFilesystem: filesystem, hddLabel: label, hddSize, hddPartitionStart: partitionStart } = values;
  checkHddSettings({ filesystem, label, partitionStart });
  return { disk: { label, sizeMib: hddSize === 'auto' ? null : Number(hddSize), partitionStart } };
}

/** A tar archive is unpacked to a disk. */
function isDisk(imageType: ImageType): boolean {
  return imageType === 'hdd' || imageType === 'tar';
}

function netSettings(values: LiveValues): NonNullable<MediumSettings['net']> {
  return {
    rootFilesystem: values.netRootFilesystem,
    rootPath: values.netRootPath,
    rootServer: values.netRootServer,
    rootMountOptions: values.netRootMountoptions,
    cowFilesystem: values.netCowFilesystem,
    cowPath: values.netCowPath,
    cowServer: values.netCowServer,
    cowMountOptions: values.netCowMountoptions,
  };
}

/** From the network there is only the installer that loads its parts from a mirror. */
export function loadsFromMedium({ debianInstaller }: LiveValues, imageType: ImageType): boolean {
  return imageType !== 'netboot' && (debianInstaller === 'cdrom' || debianInstaller === 'live');
}

function installerSettings(values: LiveValues, imageType: ImageType): Pick<MediumSettings, 'installer'> {
  const { debianInstaller: type, debianInstallerGui: gui, parentDebianInstallerDistribution: suite } = values;
  if (type === 'none') return {};
  return { installer: { type, gui, ...(loadsFromMedium(values, imageType) && { suite }) } };
}

function menuOptions({ bootMenuTimeout, bootMenuDefault, bootMenuEntries, bootMenuSerial }: LiveValues): MenuOptions {
  const [port, speed = '115200'] = bootMenuSerial.split(',');
  return {
    ...(bootMenuEntries.length > 0 && { extraEntries: bootMenuEntries }),
    ...(bootMenuTimeout !== undefined && { timeoutSeconds: bootMenuTimeout }),
    ...(bootMenuDefault !== '' && { defaultEntry: bootMenuDefault }),
    ...(bootMenuSerial !== '' && { serial: { port: Number(port), speed: Number(speed) } }),
  };
}

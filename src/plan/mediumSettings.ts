import type { LiveValues } from '../config/options.ts';
import { LivewrightError } from '../errors.ts';
import type { ChecksumName, MediumSettings } from '../media/settings.ts';

/** What the medium's makers need of the configuration. */
export function mediumSettings(values: LiveValues, livewrightVersion: string): MediumSettings {
  return {
    architecture: values.architecture,
    imageType: imageType(values.binaryImages),
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
    menu: {},
    livewrightVersion,
  };
}

function imageType(image: LiveValues['binaryImages']): MediumSettings['imageType'] {
  if (image === 'iso' || image === 'iso-hybrid') return image;
  throw new LivewrightError('NOT_SUPPORTED', {
    message: `This version cannot make images of the type "${image}" yet.`,
    hint: 'Make an iso-hybrid image: it starts from a disc and from a stick (lb config --binary-images iso-hybrid).',
  });
}

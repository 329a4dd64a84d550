import type { ImageType } from '../config/options/image.ts';
import type { LiveValues } from '../config/options.ts';
import { LivewrightError } from '../errors.ts';
import { isExt, isTree } from './systemKinds.ts';

/** Refuses a kind of system (`--chroot-filesystem`) that an image of this type cannot hold or start. */
export function checkSystem(values: LiveValues, imageType: ImageType): void {
  const { chrootFilesystem: filesystem, initramfs } = values;
  if (imageType === 'netboot' && isExt(filesystem)) throw netbootNeedsSquashfs(filesystem);
  if (imageType === 'netboot' && initramfs === 'dracut-live') throw netbootNeedsLiveBoot();
  if (!isTree(filesystem)) return;
  const holder = { iso: 'An ISO image', 'iso-hybrid': 'An ISO image', netboot: 'A netboot image', hdd: '', tar: '' }[
    imageType
  ];
  const fat = imageType === 'hdd' && !isExt(values.binaryFilesystem) ? `A disk with ${values.binaryFilesystem}` : '';
  if (holder || fat) throw losesOwners(holder || fat, filesystem);
  if (filesystem === 'none' && initramfs !== 'none') throw findsNothing(initramfs);
}

/** Clients that fetch the system image by HTTP take none but a SquashFS. */
function netbootNeedsSquashfs(filesystem: string): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `A netboot image with the system as ${filesystem} is not made: live-boot does not fetch such an image by HTTP.`,
    hint: 'Set --chroot-filesystem squashfs, or build another kind of image.',
  });
}

/** live-build makes one whose menu names the volume of a CD, which starts nowhere. */
function netbootNeedsLiveBoot(): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message:
      'A netboot image with dracut-live is not made: its menu would name a volume, and there is none on a network.',
    hint: 'Set --initramfs live-boot, or build another kind of image.',
  });
}

function losesOwners(holder: string, filesystem: string): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `${holder} does not hold the system file by file (--chroot-filesystem ${filesystem}): owners, devices or attributes would be lost.`,
    hint: 'Use --binary-images hdd with --binary-filesystem ext4, or tar; or make the system one file, as squashfs.',
  });
}

function findsNothing(initramfs: string): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `With --chroot-filesystem none the medium is itself the system, and ${initramfs} looks for one on it.`,
    hint: 'Set --system normal, or --initramfs none; or --chroot-filesystem plain for a live system.',
  });
}

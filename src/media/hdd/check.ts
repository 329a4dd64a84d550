import { LivewrightError } from '../../errors.ts';
import { checkLabel } from './labels.ts';
import { parsePartitionStart } from './position.ts';
import type { HddSettings } from './types.ts';

/** Throws for what can be known to be wrong with a disk image's settings before there is anything to put into it. */
export function checkHddSettings(settings: Pick<HddSettings, 'filesystem' | 'label' | 'partitionStart'>): void {
  const reason = reasonsAgainst[settings.filesystem];
  if (reason !== undefined) throw notOffered(settings.filesystem, reason);
  checkLabel(settings);
  parsePartitionStart(settings.partitionStart);
}

/** What was tried, and how: docs/architecture.md, "Disk images on NTFS and btrfs". */
const reasonsAgainst: Partial<Record<HddSettings['filesystem'], string>> = {
  btrfs:
    'mkfs.btrfs numbers files in the order in which the building machine lists them, so two machines make two images',
  ntfs: 'only a FUSE mount fills it, which many a builder may not make, and neither signed GRUB nor the initramfs reads it',
};

function notOffered(filesystem: string, reason: string): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `Disk images with ${filesystem} are not made: ${reason}.`,
    hint: 'Use --binary-filesystem fat32, which everything reads, or ext4 for files of 4 GiB and more.',
    data: { option: '--binary-filesystem', filesystem },
  });
}

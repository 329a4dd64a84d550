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

const reasonsAgainst: Partial<Record<HddSettings['filesystem'], string>> = {
  btrfs: 'mkfs.btrfs fills a file system with random ids, so no two builds would be the same',
  ntfs: "Debian's signed GRUB does not read it, so the image would not start by UEFI",
};

function notOffered(filesystem: string, reason: string): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `Disk images with ${filesystem} are not made: ${reason}.`,
    hint: 'Use --binary-filesystem fat32, which everything reads, or ext4 for files of 4 GiB and more.',
    data: { option: '--binary-filesystem', filesystem },
  });
}

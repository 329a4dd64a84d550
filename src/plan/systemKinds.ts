import type { LiveValues } from '../config/options.ts';

type ChrootFilesystem = LiveValues['chrootFilesystem'] | LiveValues['binaryFilesystem'];

/** The system as one file, of a file system that can also be written to. */
export function isExt(filesystem: ChrootFilesystem): filesystem is 'ext2' | 'ext3' | 'ext4' {
  return filesystem === 'ext2' || filesystem === 'ext3' || filesystem === 'ext4';
}

/** The system file by file, on the medium's own file system. */
export function isTree(filesystem: ChrootFilesystem): filesystem is 'plain' | 'none' {
  return filesystem === 'plain' || filesystem === 'none';
}

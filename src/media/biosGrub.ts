import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeCopy } from '../rootfs/place.ts';
import { copyGrubFont, embeddedGrubConfig, mkimageArgv } from './efi.ts';
import { copyGrubModules } from './grubModules.ts';
import type { MediumSettings } from './settings.ts';
import { type MediaTools, runTool } from './tools.ts';

export interface BiosGrubOptions {
  readonly directory: string;
  readonly mark: string;
  readonly epochSeconds: number;
  readonly scratch: string;
  readonly settings: Pick<MediumSettings, 'imageType'>;
}

const platform = 'i386-pc';
export const grubEltoritoPath = 'boot/grub/grub_eltorito';

// Enough to find the medium on a CD or behind a partition table, and to read its menu; the rest is loaded from it.
const coreModules = [
  'biosdisk',
  'iso9660',
  'part_gpt',
  'part_msdos',
  'search',
  'search_fs_file',
  'configfile',
  'normal',
  'test',
  'minicmd',
];

/** Puts GRUB for a PC's BIOS on the medium: the El Torito image, which the hybrid MBR starts too, and its modules. */
export async function layOutBiosGrub(tools: MediaTools, options: BiosGrubOptions): Promise<void> {
  const { directory, settings } = options;
  const isDisc = settings.imageType === 'iso' || settings.imageType === 'iso-hybrid';
  // On other media its core goes in front of the partitions, when the image is made.
  if (isDisc) await makeEltorito(tools, options);
  await copyGrubModules(tools, platform, directory);
  await copyGrubFont(tools, directory);
}

async function makeEltorito(tools: MediaTools, options: BiosGrubOptions): Promise<void> {
  const { directory, scratch, epochSeconds } = options;
  const config = join(scratch, 'grub-early-bios.cfg');
  const output = join(scratch, 'grub_eltorito');
  await writeFile(config, embeddedGrubConfig(options.mark));
  const argv = mkimageArgv({ platform, format: 'i386-pc-eltorito', output, config, modules: coreModules });
  await runTool(tools, { argv, write: [scratch], epochSeconds });
  await mkdir(join(directory, 'boot/grub'), { recursive: true });
  await placeCopy(output, join(directory, grubEltoritoPath));
}

import { rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LivewrightError } from '../errors.ts';
import { mediumUuid } from './diskInfo.ts';
import type { MediumSettings } from './settings.ts';
import { isFile, type MediaTools, runTool } from './tools.ts';
import { type IsoOptions, parseProgress, xorrisoArgv } from './xorriso.ts';

export interface BuildIsoOptions {
  /** A medium from `layOutMedium` and `sealMedium`. */
  readonly directory: string;
  /** The image to write; what is there is replaced. */
  readonly output: string;
  readonly settings: MediumSettings;
  readonly identity: string;
  readonly epochSeconds: number;
  readonly onProgress?: (percent: number) => void;
}

/** Makes the ISO image, leaving the directory as it is: same directory content, settings and epoch, same bytes. */
export async function buildIso(tools: MediaTools, options: BuildIsoOptions): Promise<void> {
  const { directory, output, settings, epochSeconds } = options;
  const uuid = mediumUuid(options.identity, epochSeconds);
  await requireLoader(directory, settings);
  await rm(output, { force: true });
  await runTool(tools, {
    argv: xorrisoArgv({ settings, directory, output, epochSeconds, uuid }),
    read: [directory],
    write: [dirname(output)],
    epochSeconds,
    onLine: (line) => {
      const percent = parseProgress(line);
      if (percent !== undefined) options.onProgress?.(percent);
    },
  });
  if (hasImplantedSum(settings)) {
    const argv = ['implantisomd5', output];
    await runTool(tools, { argv, write: [dirname(output)], epochSeconds });
  }
  await utimes(output, epochSeconds, epochSeconds);
}

/** Whether the image bears its own MD5 sum, which dracut's `rd.live.check` compares; that needs the tools tree `hooks`. */
export function hasImplantedSum({ initramfs, checksums, imageType }: MediumSettings): boolean {
  const isIso = imageType === 'iso' || imageType === 'iso-hybrid';
  return isIso && initramfs === 'dracut-live' && checksums.includes('md5');
}

/** `.disk/mkisofs`: the command with the names that live-build has for directory and image. */
export function recordedCommand(options: Pick<IsoOptions, 'settings' | 'epochSeconds' | 'uuid'>): string {
  const output = options.settings.imageType === 'iso-hybrid' ? 'live-image.hybrid.iso' : 'live-image.iso';
  return `${xorrisoArgv({ ...options, directory: 'binary', output })
    .map(quote)
    .join(' ')}\n`;
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

// A binary hook may have removed the loader that the image would name.
async function requireLoader(directory: string, settings: MediumSettings): Promise<void> {
  if (settings.biosLoader !== 'syslinux' || (await isFile(join(directory, 'isolinux/isolinux.bin')))) return;
  throw new LivewrightError('CONFIG_MISSING', {
    message: 'The medium has no isolinux/isolinux.bin, without which it does not start on a BIOS.',
    hint: 'See whether a binary hook or config/includes.binary removes it.',
  });
}

import { lutimes, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LivewrightError } from '../errors.ts';
import { placeCopy } from '../rootfs/place.ts';
import { makeFatImage } from './fatImage.ts';
import { builtInModules, copyGrubModules, presentModules } from './grubModules.ts';
import { type EfiPlatform, efiPlatform, mixedEfiPlatform } from './platform.ts';
import type { MediumSettings } from './settings.ts';
import { isFile, type MediaTools, runTool, toolFile } from './tools.ts';

export interface EfiOptions {
  /** The medium's root. */
  readonly directory: string;
  readonly settings: Pick<MediumSettings, 'architecture' | 'secureBoot'>;
  /** The file by which GRUB finds this medium among others. */
  readonly mark: string;
  readonly epochSeconds: number;
  readonly scratch: string;
}

export interface EfiResult {
  /** Whether firmware with Microsoft's keys starts this medium with Secure Boot on. */
  readonly secureBoot: boolean;
}

interface EfiFile {
  readonly source: string;
  /** On the medium and in the image alike. */
  readonly target: string;
}

export const efiImagePath = 'boot/grub/efi.img';

/**
 * Puts UEFI's boot loaders on the medium: as files, and in a FAT image for El Torito and for the EFI partition. For amd64
 * there is one for 32-bit firmware besides, never signed: Debian's archive of amd64 has no signed one.
 */
export async function layOutEfi(tools: MediaTools, options: EfiOptions): Promise<EfiResult> {
  const { directory, settings, epochSeconds } = options;
  const platform = efiPlatform(settings.architecture);
  if (!platform) throw unsupported(settings.architecture);
  const mixed = mixedEfiPlatform(settings.architecture);
  const signed = await findSigned(tools, platform, settings);
  const loaders = signed ?? (await buildUnsigned(tools, platform, options));
  if (mixed) loaders.push(...(await buildUnsigned(tools, mixed, options)));
  for (const { source, target } of loaders) {
    await placeCopy(source, join(directory, target));
    await lutimes(join(directory, target), epochSeconds, epochSeconds);
  }
  for (const each of [platform, ...(mixed ? [mixed] : [])]) await writeMediumFiles(tools, each, options);
  await makeEfiImage(tools, loaders, options);
  return { secureBoot: signed !== undefined };
}

/** Shim, the signed GRUB it starts, and MOK manager, which shim asks for when a key is to be enrolled. */
async function findSigned(tools: MediaTools, platform: EfiPlatform, settings: EfiOptions['settings']) {
  if (settings.secureBoot === 'disable') return undefined;
  const { grub, suffix } = platform;
  const shim = toolFile(tools, `usr/lib/shim/shim${suffix}.efi.signed`);
  const gcd = toolFile(tools, `usr/lib/grub/${grub}-signed/gcd${suffix}.efi.signed`);
  const manager = toolFile(tools, `usr/lib/shim/mm${suffix}.efi.signed`);
  if (!((await isFile(shim)) && (await isFile(gcd)))) {
    if (settings.secureBoot === 'enable') throw unsigned(settings.architecture);
    return undefined;
  }
  const files: EfiFile[] = [
    { source: shim, target: `EFI/boot/boot${suffix}.efi` },
    { source: gcd, target: `EFI/boot/grub${suffix}.efi` },
  ];
  if (await isFile(manager)) files.push({ source: manager, target: `EFI/boot/mm${suffix}.efi` });
  return files;
}

/** A GRUB with the same modules as the signed one, as `boot*.efi`. */
async function buildUnsigned(tools: MediaTools, platform: EfiPlatform, options: EfiOptions): Promise<EfiFile[]> {
  const { scratch, epochSeconds } = options;
  const source = join(scratch, `boot${platform.suffix}.efi`);
  const config = join(scratch, 'grub-early.cfg');
  await writeFile(config, embeddedGrubConfig(options.mark));
  const modules = await presentModules(tools, platform.grub, builtInModules);
  const argv = mkimageArgv({ platform: platform.grub, output: source, config, modules });
  await runTool(tools, { argv, write: [scratch], epochSeconds });
  return [{ source, target: `EFI/boot/boot${platform.suffix}.efi` }];
}

export interface MkimageOptions {
  readonly platform: string;
  /** The format to write, where it is not the platform itself: `i386-pc-eltorito`. */
  readonly format?: string;
  readonly output: string;
  readonly config: string;
  readonly modules: readonly string[];
}

export function mkimageArgv({ platform, format, output, config, modules }: MkimageOptions): string[] {
  return [
    'grub-mkimage',
    ...['--format', format ?? platform],
    ...['--directory', `/usr/lib/grub/${platform}`],
    ...['--prefix', '/boot/grub'],
    ...['--config', config],
    ...['--output', output],
    ...modules,
  ];
}

/**
 * Built into our own GRUB images: find the medium. GRUB then reads the menu at `$prefix` by itself.
 * The second search wins where it finds something, so no other Debian medium is taken for this one.
 */
export function embeddedGrubConfig(mark: string): string {
  return [
    'search --no-floppy --set=root --file /.disk/info',
    `search --no-floppy --set=root --file /${mark}`,
    'set prefix=($root)/boot/grub',
    '',
  ].join('\n');
}

/**
 * `boot/grub/grub.cfg` of the EFI image. Debian's signed GRUB reads this from the partition it was started from; only
 * where it is missing does its built-in search for `/.disk/info` run.
 */
export function efiGrubConfig(mark: string, platform: string): string {
  const goOn = [`if [ -e $prefix/${platform}/grub.cfg ]; then`, `\tsource $prefix/${platform}/grub.cfg`];
  return [embeddedGrubConfig(mark) + goOn.join('\n'), 'else', '\tsource $prefix/grub.cfg', 'fi', ''].join('\n');
}

/** The medium's own part: modules, font, and the platform's configuration, which goes on to the menu. */
async function writeMediumFiles(tools: MediaTools, { grub }: EfiPlatform, { directory }: EfiOptions): Promise<void> {
  const target = join(directory, 'boot/grub', grub);
  await mkdir(target, { recursive: true });
  await copyGrubModules(tools, grub, directory);
  await copyGrubFont(tools, directory);
  await writeFile(join(target, 'grub.cfg'), 'source /boot/grub/grub.cfg\n');
}

export async function copyGrubFont(tools: MediaTools, directory: string): Promise<void> {
  const font = toolFile(tools, 'usr/share/grub/unicode.pf2');
  if (await isFile(font)) await placeCopy(font, join(directory, 'boot/grub/unicode.pf2'));
}

async function makeEfiImage(tools: MediaTools, loaders: readonly EfiFile[], options: EfiOptions): Promise<void> {
  const { directory, scratch, settings, epochSeconds, mark } = options;
  const config = join(scratch, 'grub.cfg');
  await writeFile(config, efiGrubConfig(mark, efiPlatform(settings.architecture)?.grub ?? ''));
  await lutimes(config, epochSeconds, epochSeconds);
  const files = loaders.map(({ target }) => ({ source: join(directory, target), target }));
  // Built aside and then moved in: the sandbox need not write to the medium.
  const image = join(scratch, basename(efiImagePath));
  await makeFatImage(tools, {
    image,
    files: [...files, { source: config, target: 'boot/grub/grub.cfg' }],
    epochSeconds,
  });
  await mkdir(dirname(join(directory, efiImagePath)), { recursive: true });
  await placeCopy(image, join(directory, efiImagePath));
}

function unsupported(architecture: string): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `There is no UEFI boot loader for the architecture ${architecture}.`,
    hint: 'Leave grub-efi out of --bootloaders.',
    data: { architecture },
  });
}

function unsigned(architecture: string): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `Debian has no signed boot loader for ${architecture}, which --uefi-secure-boot enable asks for.`,
    hint: 'Use --uefi-secure-boot auto to do without where there is none.',
    data: { architecture },
  });
}

import { lutimes, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError } from '../../errors.ts';
import { placeCopy } from '../../rootfs/place.ts';
import { presentModules } from '../grubModules.ts';
import { type EfiPlatform, efiPlatform } from '../platform.ts';
import type { MediumSettings } from '../settings.ts';
import { isFile, type MediaTools, runTool, toolFile } from '../tools.ts';
import { renderGrubNetMenu } from './grubMenu.ts';
import { renderIpxeScript } from './ipxeScript.ts';
import type { NetMenu } from './menu.ts';

export interface NetbootOptions {
  /** `tftpboot/`: kernels and BIOS's files are there already, or come later. */
  readonly directory: string;
  readonly settings: Pick<MediumSettings, 'architecture' | 'secureBoot'>;
  readonly menu: NetMenu;
  readonly epochSeconds: number;
  readonly scratch: string;
}

export interface NetbootResult {
  /** Whether firmware with Microsoft's keys starts this with Secure Boot on. */
  readonly secureBoot: boolean;
}

/**
 * Adds to `tftpboot/` what UEFI and iPXE boot from:
 *
 * ```
 * boot.ipxe               iPXE's menu
 * bootx64.efi             what DHCP names: shim, or an unsigned GRUB
 * grubx64.efi mmx64.efi   what shim asks its server for, in its own directory
 * grub/grub.cfg           GRUB's menu
 * ```
 */
export async function layOutNetboot(tools: MediaTools, options: NetbootOptions): Promise<NetbootResult> {
  const { directory, settings, menu } = options;
  await mkdir(join(directory, 'grub'), { recursive: true });
  await write(options, 'boot.ipxe', renderIpxeScript(menu));
  const platform = efiPlatform(settings.architecture);
  if (platform === undefined) return { secureBoot: false };
  await write(options, 'grub/grub.cfg', renderGrubNetMenu(menu));
  const signed = await findSigned(tools, platform, settings);
  const files = signed ?? (await buildUnsigned(tools, platform, options));
  for (const { source, target } of files) await copy(options, source, target);
  return { secureBoot: signed !== undefined };
}

interface LoaderFile {
  readonly source: string;
  readonly target: string;
}

/** Shim takes the directory of its own download and asks there for `grub*.efi` (netboot.c and httpboot.c of shim). */
async function findSigned(
  tools: MediaTools,
  platform: EfiPlatform,
  { secureBoot, architecture }: NetbootOptions['settings'],
): Promise<LoaderFile[] | undefined> {
  if (secureBoot === 'disable') return undefined;
  const { grub, suffix } = platform;
  const shim = toolFile(tools, `usr/lib/shim/shim${suffix}.efi.signed`);
  const netGrub = toolFile(tools, `usr/lib/grub/${grub}-signed/grubnet${suffix}.efi.signed`);
  const manager = toolFile(tools, `usr/lib/shim/mm${suffix}.efi.signed`);
  if (!((await isFile(shim)) && (await isFile(netGrub)))) {
    if (secureBoot === 'enable') throw unsigned(architecture);
    return undefined;
  }
  return [
    { source: shim, target: `boot${suffix}.efi` },
    { source: netGrub, target: `grub${suffix}.efi` },
    ...((await isFile(manager)) ? [{ source: manager, target: `mm${suffix}.efi` }] : []),
  ];
}

/** What the menu uses, and what a person at GRUB's command line may want. */
const netModules =
  'all_video boot cat chain configfile echo efifwsetup efinet font gettext gfxterm gzio halt help http linux loadenv ' +
  'ls minicmd net normal png reboot regexp serial sleep terminal test tftp true video';

async function buildUnsigned(
  tools: MediaTools,
  platform: EfiPlatform,
  { scratch, epochSeconds }: NetbootOptions,
): Promise<LoaderFile[]> {
  const output = join(scratch, `net${platform.suffix}.efi`);
  const config = join(scratch, 'grub-net.cfg');
  // Named outright: otherwise GRUB first asks the server for menus by the card's and the client's address.
  await writeFile(config, 'normal $prefix/grub.cfg\n');
  const modules = await presentModules(tools, platform.grub, netModules.split(' '));
  const argv = [
    'grub-mkimage',
    ...['--format', platform.grub],
    ...['--directory', `/usr/lib/grub/${platform.grub}`],
    ...['--prefix', '/grub'],
    ...['--config', config],
    ...['--output', output],
    ...modules,
  ];
  await runTool(tools, { argv, write: [scratch], epochSeconds });
  const font = toolFile(tools, 'usr/share/grub/unicode.pf2');
  return [
    { source: output, target: `boot${platform.suffix}.efi` },
    ...((await isFile(font)) ? [{ source: font, target: 'grub/unicode.pf2' }] : []),
  ];
}

async function write(options: NetbootOptions, target: string, text: string): Promise<void> {
  await writeFile(join(options.directory, target), text);
  await setTime(options, target);
}

async function copy(options: NetbootOptions, source: string, target: string): Promise<void> {
  await placeCopy(source, join(options.directory, target));
  await setTime(options, target);
}

function setTime({ directory, epochSeconds }: NetbootOptions, target: string): Promise<void> {
  return lutimes(join(directory, target), epochSeconds, epochSeconds);
}

function unsigned(architecture: string): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `Debian has no signed network boot loader for ${architecture}, which --uefi-secure-boot enable asks for.`,
    hint: 'Use --uefi-secure-boot auto to do without where there is none.',
    data: { architecture },
  });
}

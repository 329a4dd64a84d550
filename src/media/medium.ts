import { link, mkdir, readdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { place, placeCopy, writeNew } from '../rootfs/place.ts';
import { layOutBiosGrub } from './biosGrub.ts';
import { type BootMenu, bootMenu, type MediumKernel, nameKernels } from './bootMenu.ts';
import { writeChecksums } from './checksums.ts';
import { clampTimes } from './clamp.ts';
import { copyIncludes } from './copyIncludes.ts';
import { diskInfo, mediumMark, mediumUuid } from './diskInfo.ts';
import { type EfiOptions, type EfiResult, layOutEfi } from './efi.ts';
import { extUsedBytes } from './extUsage.ts';
import { layOutGrubMenu } from './grubFiles.ts';
import { nameSuites, writeInstallerDisk } from './installerDisk.ts';
import { installerDirectories } from './installerMenu.ts';
import { recordedCommand } from './iso.ts';
import { listContents } from './mediumFiles.ts';
import { layOutNetboot } from './netboot/layOut.ts';
import { netMenu } from './netboot/menu.ts';
import { mediumPlaces } from './places.ts';
import { rootPlace } from './rootTree.ts';
import { withRootWords } from './rootWords.ts';
import { hasLinks, type KernelSource, liveDirectory, type MediumSettings, systemImagePath } from './settings.ts';
import { layOutSyslinux } from './syslinuxFiles.ts';
import { type MediaTools, toolFile } from './tools.ts';
import { placeVerity, type VerityFiles } from './verity.ts';

export interface MediumOptions {
  /** An empty directory; becomes the medium's root. */
  readonly directory: string;
  /** An empty directory for what is only needed on the way. */
  readonly scratch: string;
  readonly settings: MediumSettings;
  readonly kernels: readonly KernelSource[];
  /** The system image; linked where possible. */
  readonly squashfs: string;
  /** `filesystem.packages`: name TAB version, one a line. */
  readonly packagesText: string;
  /** `filesystem.packages-remove`: names of packages that an installer takes away again, one a line; none: no file. */
  readonly removedPackages?: string;
  /** What the medium is made of, in a word (the system image's digest): tells this medium from others. */
  readonly identity: string;
  readonly epochSeconds: number;
  /** What lets live-boot check the system image as it reads it. */
  readonly verity?: VerityFiles;
  /** The Debian Installer, where `settings.installer` says that there is one. */
  readonly installer?: InstallerSources;
  /** A directory of `pool/` and `dists/`; its files are linked where possible. */
  readonly pool?: string;
  /** More such directories: what starts the installer from another system. */
  readonly starters?: readonly string[];
  /** The user's `config/bootloaders`. */
  readonly userBootloaders?: string;
  /** The user's `config/includes.binary`. */
  readonly includesBinary?: string;
}

/** Where the installer's files are on this machine. */
export interface InstallerSources {
  readonly text: { readonly vmlinuz: string; readonly initrd: string };
  readonly gtk?: { readonly vmlinuz: string; readonly initrd: string };
  /** Files of answers for it, by their names beside it. */
  readonly answers?: Readonly<Record<string, string>>;
}

export interface MediumResult {
  /** False where no signed boot loader is on the medium, or no UEFI loader at all. */
  readonly secureBoot: boolean;
}

/**
 * Fills the medium's directory up to the point where live-build runs binary hooks; `sealMedium` does the rest.
 * The order is live-build's: the user's includes win over menus, UEFI's files over includes.
 */
export async function layOutMedium(tools: MediaTools, wanted: MediumOptions): Promise<MediumResult> {
  const { directory, epochSeconds } = wanted;
  const uuid = mediumUuid(wanted.identity, epochSeconds);
  const settings = withRootWords(wanted.settings, { uuid, epochSeconds });
  const options = { ...wanted, settings };
  const kernels = nameKernels(options.kernels, settings);
  // Before anything is written: this refuses a system without kernel.
  const menu = bootMenu(kernels, settings);
  const places = mediumPlaces(directory, settings);
  await placeKernels(places.boot, kernels);
  await placeLive(places.root, options);
  if (options.verity) await placeVerity(join(places.root, systemImagePath(settings)), options.verity);
  if (options.pool) {
    await placeTree(options.pool, places.root, settings);
    await nameSuites(places.root, settings);
  }
  if (options.installer) await placeInstaller(places.boot, options.installer);
  if (settings.memtest) await placeMemtest(tools, places.boot, settings);
  const menuOptions = { ...options, directory: places.boot, menu, tools, userBootloaders: options.userBootloaders };
  if (settings.net === undefined) await layOutGrubMenu(menuOptions);
  if (settings.biosLoader === 'syslinux') await layOutSyslinux(menuOptions);
  await writeDiskInfo(places.root, options, uuid);
  for (const starter of options.starters ?? []) await placeTree(starter, places.root, settings);
  if (options.includesBinary !== undefined) await copyIncludes(options.includesBinary, places.root);
  const loaderOptions = { ...options, directory: places.boot, mark: mediumMark(uuid) };
  if (settings.biosLoader === 'grub-pc') await layOutBiosGrub(tools, loaderOptions);
  const efi = await layOutUefi(tools, loaderOptions, menu);
  await clampTimes(directory, epochSeconds);
  return efi;
}

/** From the network, UEFI starts files; from a medium also a FAT image. */
function layOutUefi(tools: MediaTools, options: EfiOptions & MediumOptions, menu: BootMenu): Promise<EfiResult> {
  const { settings } = options;
  if (settings.net !== undefined) {
    return layOutNetboot(tools, { ...options, menu: netMenu(menu, settings.isoApplication) });
  }
  return settings.efiLoader === 'none' ? Promise.resolve({ secureBoot: false }) : layOutEfi(tools, options);
}

async function placeKernels(directory: string, kernels: readonly MediumKernel[]): Promise<void> {
  for (const { source, linux, initrd, stable } of kernels) {
    await placeCopy(source.vmlinuz, join(directory, linux));
    await placeCopy(source.initrd, join(directory, initrd));
    if (!stable || stable.linux === linux) continue;
    await link(join(directory, linux), join(directory, stable.linux));
    await link(join(directory, initrd), join(directory, stable.initrd));
  }
}

async function placeLive(directory: string, options: MediumOptions): Promise<void> {
  const { settings, squashfs, packagesText, removedPackages = '' } = options;
  const target = join(directory, systemImagePath(settings));
  await mkdir(dirname(target), { recursive: true });
  const treePlace = rootPlace(settings);
  if (treePlace === undefined) await place(squashfs, target);
  else await mkdir(join(directory, treePlace), { recursive: true });
  const list = join(directory, liveDirectory(settings), 'filesystem.packages');
  await writeFile(list, packagesText);
  if (removedPackages !== '') await writeFile(`${list}-remove`, removedPackages);
  // Installers of live systems show their progress by it. live-build has it beside these images alone.
  if (settings.rootFilesystem?.startsWith('ext')) {
    await writeFile(join(dirname(target), 'filesystem.size'), `${await extUsedBytes(squashfs)}\n`);
  }
}

/** Links in the tree are to its own files; where the medium can have none, they become those files. */
async function placeTree(source: string, directory: string, settings: MediumSettings): Promise<void> {
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    const path = relative(source, join(entry.parentPath, entry.name));
    const target = join(directory, path);
    if (entry.isDirectory()) await mkdir(target, { recursive: true });
    else if (entry.isFile()) await place(join(source, path), target);
    else if (entry.isSymbolicLink()) {
      const named = await readlink(join(source, path));
      await mkdir(dirname(target), { recursive: true });
      if (hasLinks(settings)) await symlink(named, target);
      else await place(join(source, dirname(path), named), target);
    }
  }
}

async function placeInstaller(directory: string, { text, gtk, answers }: InstallerSources): Promise<void> {
  const faces = { text, ...(gtk && { gtk }) };
  for (const [face, files] of Object.entries(faces)) {
    const target = join(directory, installerDirectories[face as keyof typeof faces]);
    await placeCopy(files.vmlinuz, join(target, 'vmlinuz'));
    await placeCopy(files.initrd, join(target, 'initrd.gz'));
  }
  for (const [name, content] of Object.entries(answers ?? {})) {
    await writeFile(join(directory, installerDirectories.text, name), content);
  }
}

/** Debian's memtest86+ from version 6 on: one program for a BIOS, one for UEFI, both also Linux kernels to a boot loader. */
async function placeMemtest(tools: MediaTools, directory: string, settings: MediumSettings): Promise<void> {
  const bits = settings.architecture === 'i386' ? 'ia32' : 'x64';
  for (const form of ['bin', 'efi']) {
    const source = toolFile(tools, `boot/memtest86+${bits}.${form}`);
    await placeCopy(source, join(directory, liveDirectory(settings), `memtest.${form}`));
  }
}

async function writeDiskInfo(directory: string, options: MediumOptions, uuid: string): Promise<void> {
  await mkdir(join(directory, '.disk/id'), { recursive: true });
  await writeFile(join(directory, '.disk/info'), diskInfo(options.settings, options.epochSeconds));
  await writeFile(join(directory, mediumMark(uuid)), '');
  await writeInstallerDisk(directory, options.settings);
}

export interface SealOptions {
  readonly directory: string;
  readonly settings: MediumSettings;
  readonly identity: string;
  readonly epochSeconds: number;
  readonly knownSha256?: ReadonlyMap<string, string>;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

export interface SealResult {
  /** `.contents`: every path of the medium. */
  readonly contents: string;
  /** `binary.modified_timestamps`. */
  readonly clamped: readonly string[];
  /** The files that were written, relative to `directory`. */
  readonly written: readonly string[];
}

/** Finishes the medium after the binary hooks: checksums, the image's command line, list of contents, dates. */
export async function sealMedium(options: SealOptions): Promise<SealResult> {
  const { directory, settings, epochSeconds, knownSha256, onProgress } = options;
  const { root } = mediumPlaces(directory, settings);
  const written = await writeChecksums({
    directory: root,
    // dracut checks the image as a whole, by a sum that `buildIso` puts into it.
    algorithms: settings.initramfs === 'dracut-live' ? [] : settings.checksums,
    ...(knownSha256 ? { knownSha256 } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
  if (settings.imageType === 'iso' || settings.imageType === 'iso-hybrid') {
    const uuid = mediumUuid(options.identity, epochSeconds);
    await writeNew(join(directory, '.disk/mkisofs'), recordedCommand({ settings, epochSeconds, uuid }));
    written.push('.disk/mkisofs');
  }
  const contents = await listContents(root);
  const clamped = await clampTimes(directory, epochSeconds);
  return { contents, clamped, written: written.map((path) => relative(directory, join(root, path))) };
}

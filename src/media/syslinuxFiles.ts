import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { placeCopy } from '../rootfs/place.ts';
import { fillTemplate, fillTemplates, stockBootloaders } from './bootloaders.ts';
import type { BootMenu } from './bootMenu.ts';
import type { MenuFilesOptions } from './grubFiles.ts';
import { overlayFiles } from './overlayFiles.ts';
import { drawSplash } from './splash.ts';
import { syslinuxLoader } from './syslinuxLoader.ts';
import { renderSyslinuxEntries, renderSyslinuxInstaller, renderSyslinuxUtilities } from './syslinuxMenu.ts';
import { expandLiveTemplate, fillSyslinuxTemplate } from './syslinuxPlaceholders.ts';
import { toolFile } from './tools.ts';
import { chooseInstallerMenus } from './userMenus.ts';

// vesamenu needs libcom32 and libutil; hdt needs libmenu and libgpl as well.
const modules = ['ldlinux', 'libcom32', 'libutil', 'libmenu', 'libgpl', 'vesamenu', 'hdt', 'reboot', 'poweroff'];

/** Loader, modules, menu and looks for a PC's BIOS, by whichever of Syslinux's loaders the medium starts from. */
export async function layOutSyslinux(options: MenuFilesOptions): Promise<void> {
  const { directory, menu, userBootloaders, tools } = options;
  const loader = syslinuxLoader(options.settings);
  const target = join(directory, loader.directory);
  await mkdir(target, { recursive: true });
  if (loader.program) await placeCopy(toolFile(tools, loader.program), join(target, basename(loader.program)));
  for (const name of modules) {
    await placeCopy(toolFile(tools, `usr/lib/syslinux/modules/bios/${name}.c32`), join(target, `${name}.c32`));
  }
  await writeFile(join(target, 'live.cfg'), renderSyslinuxEntries(menu));
  await writeFile(join(target, 'utilities.cfg'), renderSyslinuxUtilities(menu));
  await writeMemtest(target, menu);
  if (menu.installer) await writeFile(join(target, 'install.cfg'), renderSyslinuxInstaller(menu.installer));

  const own =
    userBootloaders === undefined ? [] : [join(userBootloaders, 'syslinux_common'), join(userBootloaders, loader.name)];
  const stock = [join(stockBootloaders, 'syslinux_common'), join(stockBootloaders, loader.name)];
  for (const source of [...stock, ...own]) await overlayFiles(source, target, tools.tree);
  await renameOldFiles(target);
  await chooseInstallerMenus(target, options.settings);
  await expandLive(target, menu);

  const fill = (text: string) => fillSyslinuxTemplate(text, options);
  await fillTemplates(target, fill);
  // live-build leaves extlinux.conf and pxelinux.cfg/default alone; its placeholders there can only have been meant.
  if (!loader.config.endsWith('.cfg')) await fillTemplate(join(target, loader.config), fill);
  await drawSplash({ ...options, target, width: 640, height: 480, overlaid: own, fill });
}

/** For menus that include it: ours has the entry among the utilities. */
async function writeMemtest(target: string, { utilities }: BootMenu): Promise<void> {
  const entry = utilities.filter(({ kind }) => kind === 'memtest');
  if (entry.length === 0) return;
  await writeFile(join(target, 'memtest.cfg'), renderSyslinuxUtilities({ utilities: entry }));
}

/** `advanced.cfg` was utilities.cfg's name before live-build 2020; users' copies still have it. */
async function renameOldFiles(target: string): Promise<void> {
  await orIfAbsent(rename(join(target, 'advanced.cfg'), join(target, 'utilities.cfg')), undefined);
}

/** A user's `live.cfg.in` replaces our entries, unless there is a finished live.cfg to which live-build would append. */
async function expandLive(target: string, menu: BootMenu): Promise<void> {
  const path = join(target, 'live.cfg.in');
  const template = await orIfAbsent(readFile(path, 'utf8'), undefined);
  if (template === undefined) return;
  await writeFile(join(target, 'live.cfg'), expandLiveTemplate(template, menu));
  await rm(path);
}

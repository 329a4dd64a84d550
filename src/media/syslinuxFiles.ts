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
  await writeFile(join(target, 'utilities.cfg'), renderSyslinuxUtilities(menu));
  await writeMemtest(target, menu);

  const own =
    userBootloaders === undefined ? [] : [join(userBootloaders, 'syslinux_common'), join(userBootloaders, loader.name)];
  const stock = [join(stockBootloaders, 'syslinux_common'), join(stockBootloaders, loader.name)];
  for (const source of [...stock, ...own]) await overlayFiles(source, target, tools.tree);
  await renameOldFiles(target);
  await writeInstallerMenu(target, menu);
  await chooseInstallerMenus(target, options.settings);
  await writeLiveEntries(target, menu);
  if (!hasMemtest(menu)) await rm(join(target, 'memtest.cfg'), { force: true });

  const fill = (text: string) => fillSyslinuxTemplate(text, options);
  await fillTemplates(target, fill);
  // live-build leaves extlinux.conf and pxelinux.cfg/default alone; its placeholders there can only have been meant.
  if (!loader.config.endsWith('.cfg')) await fillTemplate(join(target, loader.config), fill);
  await drawSplash({ ...options, target, width: 640, height: 480, overlaid: own, fill });
}

const hasMemtest = ({ utilities }: BootMenu): boolean => utilities.some(({ kind }) => kind === 'memtest');

/** For menus that include it: ours has the entry among the utilities. */
async function writeMemtest(target: string, menu: BootMenu): Promise<void> {
  if (!hasMemtest(menu)) return;
  const utilities = menu.utilities.filter(({ kind }) => kind === 'memtest');
  await writeFile(join(target, 'memtest.cfg'), renderSyslinuxUtilities({ utilities }));
}

/** Over a user's install.cfg, which is of old copies: live-build makes this file of install_gui.cfg or install_text.cfg. */
async function writeInstallerMenu(target: string, { installer }: BootMenu): Promise<void> {
  const path = join(target, 'install.cfg');
  if (installer) await writeFile(path, renderSyslinuxInstaller(installer));
  else await rm(path, { force: true });
}

/** `advanced.cfg` was utilities.cfg's name before live-build 2020; users' copies still have it. */
async function renameOldFiles(target: string): Promise<void> {
  await orIfAbsent(rename(join(target, 'advanced.cfg'), join(target, 'utilities.cfg')), undefined);
}

/** The entries: of a user's `live.cfg.in` or our own, behind those of a user's finished `live.cfg`, as live-build adds them. */
async function writeLiveEntries(target: string, menu: BootMenu): Promise<void> {
  const path = join(target, 'live.cfg');
  const finished = await orIfAbsent(readFile(path, 'utf8'), '');
  const template = await orIfAbsent(readFile(`${path}.in`, 'utf8'), undefined);
  const entries = template === undefined ? renderSyslinuxEntries(menu) : expandLiveTemplate(template, menu);
  await rm(`${path}.in`, { force: true });
  await writeFile(path, finished.replace(/[^\n]$/, '$&\n') + entries);
}

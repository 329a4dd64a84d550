import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { fillTemplates, stockBootloaders } from './bootloaders.ts';
import type { BootMenu } from './bootMenu.ts';
import { renderGrubGroups, renderGrubInstaller, renderGrubUtilities } from './grubMenu.ts';
import { fillGrubTemplate } from './grubPlaceholders.ts';
import { overlayFiles } from './overlayFiles.ts';
import type { MediumSettings } from './settings.ts';
import { drawSplash } from './splash.ts';
import { fillSyslinuxTemplate } from './syslinuxPlaceholders.ts';
import type { MediaTools } from './tools.ts';
import { chooseInstallerMenus } from './userMenus.ts';

export interface MenuFilesOptions {
  readonly directory: string;
  readonly menu: BootMenu;
  readonly settings: MediumSettings;
  readonly packagesText: string;
  /** The user's `config/bootloaders`. */
  readonly userBootloaders: string | undefined;
  readonly tools: MediaTools;
  readonly scratch: string;
  readonly epochSeconds: number;
}

/** `boot/grub`: menu and looks, for BIOS, UEFI and loop-back boots alike. `grub-pc` is the one directory for all of them. */
export async function layOutGrubMenu(options: MenuFilesOptions): Promise<void> {
  const { directory, menu, settings, userBootloaders, tools } = options;
  const target = join(directory, 'boot/grub');
  const own = userBootloaders === undefined ? [] : [join(userBootloaders, 'grub-pc')];
  for (const source of [join(stockBootloaders, 'grub-pc'), ...own]) await overlayFiles(source, target, tools.tree);
  if (menu.installer) {
    await writeFile(join(target, 'install_start.cfg'), renderGrubInstaller(menu.installer.start));
    await writeFile(join(target, 'install.cfg'), renderGrubGroups(menu.installer.advanced));
  }
  await chooseInstallerMenus(target, settings);
  await writeMemtest(target, menu);
  await fillTemplates(target, (text) => fillGrubTemplate(text, menu, settings));
  const fill = (text: string) => fillSyslinuxTemplate(text, options);
  await drawSplash({ ...options, target, width: 800, height: 600, overlaid: own, fill });
}

/** For templates that source it: ours has the entry among the utilities. A user's own says it better. */
async function writeMemtest(target: string, { utilities }: BootMenu): Promise<void> {
  const path = join(target, 'memtest.cfg');
  const memtest = utilities.filter(({ kind }) => kind === 'memtest');
  if (memtest.length === 0) return rm(path, { force: true });
  if ((await orIfAbsent(stat(path), undefined)) !== undefined) return;
  await writeFile(path, renderGrubUtilities({ utilities: memtest }));
}

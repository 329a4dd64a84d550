import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { placeCopy } from '../rootfs/place.ts';
import { fillTemplates, stockBootloaders } from './bootloaders.ts';
import type { BootMenu } from './bootMenu.ts';
import type { MenuFilesOptions } from './grubFiles.ts';
import { renderIsolinuxEntries, renderIsolinuxUtilities } from './isolinuxMenu.ts';
import { expandLiveTemplate, fillIsolinuxTemplate } from './isolinuxPlaceholders.ts';
import { overlayFiles } from './overlayFiles.ts';
import { drawSplash } from './splash.ts';
import { toolFile } from './tools.ts';

// vesamenu needs libcom32 and libutil; hdt needs libmenu and libgpl as well.
const modules = ['ldlinux', 'libcom32', 'libutil', 'libmenu', 'libgpl', 'vesamenu', 'hdt', 'reboot', 'poweroff'];

/** `isolinux`: loader, modules, menu and looks for a PC's BIOS. */
export async function layOutIsolinux(options: MenuFilesOptions): Promise<void> {
  const { directory, menu, userBootloaders, tools } = options;
  const target = join(directory, 'isolinux');
  await placeCopy(toolFile(tools, 'usr/lib/ISOLINUX/isolinux.bin'), join(target, 'isolinux.bin'));
  for (const name of modules) {
    await placeCopy(toolFile(tools, `usr/lib/syslinux/modules/bios/${name}.c32`), join(target, `${name}.c32`));
  }
  await writeFile(join(target, 'live.cfg'), renderIsolinuxEntries(menu));
  await writeFile(join(target, 'utilities.cfg'), renderIsolinuxUtilities(menu));

  const own =
    userBootloaders === undefined ? [] : [join(userBootloaders, 'syslinux_common'), join(userBootloaders, 'isolinux')];
  const stock = [join(stockBootloaders, 'syslinux_common'), join(stockBootloaders, 'isolinux')];
  for (const source of [...stock, ...own]) await overlayFiles(source, target, tools.tree);
  await renameOldFiles(target);
  await expandLive(target, menu);

  const fill = (text: string) => fillIsolinuxTemplate(text, options);
  await fillTemplates(target, fill);
  await drawSplash({ ...options, target, width: 640, height: 480, overlaid: own, fill });
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

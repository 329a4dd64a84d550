import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import type { MediumSettings } from './settings.ts';

/**
 * Users' copies of live-build's menus for the installer come in two: with its graphical face and without. The one that fits takes
 * the place of ours, under the name that menus include; the other, and both where there is no installer, go.
 */
export async function chooseInstallerMenus(directory: string, { installer }: MediumSettings): Promise<void> {
  for (const name of ['install', 'install_start']) {
    const [fitting, other] = installer?.gui === false ? ['text', 'gui'] : ['gui', 'text'];
    await rm(join(directory, `${name}_${other}.cfg`), { force: true });
    const path = join(directory, `${name}_${fitting}.cfg`);
    if (installer === undefined) await rm(path, { force: true });
    else await orIfAbsent(rename(path, join(directory, `${name}.cfg`)), undefined);
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LivewrightError, orIfAbsent } from '../errors.ts';
import { parseListing, type RootFiles, readSystemImage } from './files.ts';
import { type MenuEntry, parseGrub, parseSyslinux } from './menus.ts';
import { parsePackages } from './packages.ts';

/** A build directory in which a build has ended, live-build's or ours: both leave these under the same names. */
export interface FinishedBuild {
  readonly directory: string;
  readonly packages: ReadonlyMap<string, string>;
  /** `binary/live/filesystem.squashfs`; undefined where there is none. */
  readonly systemImage: string | undefined;
  /** The text of `live-image-ARCH.files`; undefined where there is none. */
  readonly listing: string | undefined;
  readonly menus: readonly MenuEntry[];
  /** Paths of the medium, from `binary/`. */
  readonly medium: readonly string[];
}

/** Throws CONFIG_MISSING for a directory in which no build has ended. */
export async function readBuild(directory: string): Promise<FinishedBuild> {
  const names = await orIfAbsent(readdir(directory), []);
  const named = async (...endings: readonly RegExp[]): Promise<string | undefined> => {
    const name = endings.flatMap((ending) => names.find((candidate) => ending.test(candidate)) ?? [])[0];
    return name === undefined ? undefined : readFile(join(directory, name), 'utf8');
  };
  const packages = await named(/^chroot\.packages\.live$/, /\.packages$/);
  const medium = (await orIfAbsent(readdir(join(directory, 'binary'), { recursive: true }), [])).sort();
  if (packages === undefined || medium.length === 0) throw notFinished(directory, packages === undefined);
  const squashfs = medium.find((path) => /(^|\/)filesystem\.squashfs$/.test(path));
  return {
    directory,
    packages: parsePackages(packages),
    systemImage: squashfs === undefined ? undefined : join(directory, 'binary', squashfs),
    listing: await named(/\.files$/, /^chroot\.files$/),
    menus: await readMenus(join(directory, 'binary'), medium),
    medium,
  };
}

function notFinished(directory: string, hasNoPackages: boolean): LivewrightError {
  return new LivewrightError('CONFIG_MISSING', {
    message: `"${directory}" has no ${hasNoPackages ? 'chroot.packages.live' : 'binary/'}, so no build has ended there.`,
    hint: 'Name a directory in which "lb build" has succeeded, and "lb clean" has not been run since.',
    data: { directory },
  });
}

async function readMenus(binary: string, paths: readonly string[]): Promise<MenuEntry[]> {
  const entries = await Promise.all(
    paths.map(async (path) => {
      const isGrub = /^boot\/grub\/[^/]+\.cfg$/.test(path);
      if (!isGrub && !/^(isolinux|syslinux|extlinux)\/[^/]+\.(cfg|conf)$/.test(path)) return [];
      const text = await readFile(join(binary, path), 'utf8');
      // loopback.cfg has the entries of grub.cfg again.
      return basename(path) === 'loopback.cfg' ? [] : isGrub ? parseGrub(text) : parseSyslinux(text);
    }),
  );
  // Files that are there for templates of the user's repeat entries of the menu that is shown.
  return [...new Map(entries.flat().map((entry) => [JSON.stringify(entry), entry])).values()];
}

/** The system's files of both builds, from the same kind of source, so that they can be compared. */
export async function readRoots(there: FinishedBuild, here: FinishedBuild): Promise<readonly [RootFiles, RootFiles]> {
  if (there.systemImage !== undefined && here.systemImage !== undefined) {
    return [await readSystemImage(there.systemImage), await readSystemImage(here.systemImage)];
  }
  return [parseListing(there.listing ?? ''), parseListing(here.listing ?? '')];
}

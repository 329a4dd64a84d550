import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFile, type MediaTools, runTool } from './tools.ts';

export interface SplashOptions {
  /** Directory on the medium, with our own splash.png or the user's already in it. */
  readonly target: string;
  readonly width: number;
  readonly height: number;
  /** The user's directories that were copied to `target`: a splash.png in one of them wins over any drawing. */
  readonly overlaid: readonly string[];
  /** `config/bootloaders` or undefined. */
  readonly userBootloaders: string | undefined;
  readonly fill: (text: string) => string;
  readonly tools: MediaTools;
  readonly scratch: string;
  readonly epochSeconds: number;
}

/** Draws the user's splash.svg, if there is one, over our picture. */
export async function drawSplash(options: SplashOptions): Promise<void> {
  const drawing = await findDrawing(options);
  await rm(join(options.target, 'splash.svg'), { force: true });
  if (drawing === undefined) return;
  const { width, height, scratch, target } = options;
  const source = join(scratch, 'splash.svg');
  const image = join(target, 'splash.png');
  await writeFile(source, options.fill(await readFile(drawing, 'utf8')));
  await rm(image, { force: true });
  await runTool(options.tools, {
    argv: [
      'rsvg-convert',
      '--format',
      'png',
      '--width',
      `${width}`,
      '--height',
      `${height}`,
      '--output',
      image,
      source,
    ],
    read: [source],
    write: [target],
    epochSeconds: options.epochSeconds,
  });
  await rm(source, { force: true });
}

/** The order of live-build: the loader's own drawing, else the last of the three common places. */
async function findDrawing({ overlaid, userBootloaders }: SplashOptions): Promise<string | undefined> {
  if (userBootloaders === undefined) return undefined;
  if (await firstFile(overlaid.map((directory) => join(directory, 'splash.png')))) return undefined;
  const own = overlaid.toReversed().map((directory) => join(directory, 'splash.svg'));
  const common = ['splash.svg', 'syslinux_common/splash.svg', 'grub-pc/splash.svg'];
  return firstFile([...own, ...common.map((path) => join(userBootloaders, path))]);
}

async function firstFile(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await isFile(path)) return path;
  return undefined;
}

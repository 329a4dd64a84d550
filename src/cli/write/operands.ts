import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { resolveConfig } from '../../config/load.ts';
import { LivewrightError, orIfAbsent } from '../../errors.ts';
import { imageFileNames } from '../../plan/outputs.ts';
import { type ImageFile, readImage } from '../../usb/imageFile.ts';
import { requireImage } from '../../vm/image.ts';
import type { CommandContext } from '../context.ts';
import { noImage } from '../image.ts';

export interface Operands {
  /** Absent: this directory's. */
  readonly image: string | undefined;
  /** Absent: the drives are to be listed. */
  readonly target: string | undefined;
}

type Words = Pick<CommandContext, 'directory' | 'positionals'>;

/** Which word is the image and which the target. A single one is the target, unless it is an image. */
export async function readOperands({ directory, positionals }: Words): Promise<Operands> {
  const [first, second] = positionals;
  const resolved = (word: string) => (word.startsWith('stdio:') ? word : resolve(directory, word));
  if (first === undefined) return { image: undefined, target: undefined };
  if (second !== undefined) return { image: resolve(directory, first), target: resolved(second) };
  const isImage = await looksLikeImage(resolve(directory, first));
  return isImage
    ? { image: resolve(directory, first), target: undefined }
    : { image: undefined, target: resolved(first) };
}

async function looksLikeImage(path: string): Promise<boolean> {
  const stats = await orIfAbsent(stat(path), undefined);
  // An ISO that is not there is a slip of the pen, and no name for a file to be made.
  if (stats === undefined) return path.endsWith('.iso');
  if (!stats.isFile()) return false;
  return readImage(path).then(
    () => true,
    (error: unknown) => !(error instanceof LivewrightError),
  );
}

/** Of the images that the configuration makes, the first that is one of a disk or disc. */
async function configuredName(where: Pick<CommandContext, 'directory' | 'env'>): Promise<string> {
  const names = imageFileNames((await resolveConfig(where)).values);
  const [first] = names;
  if (first === undefined) throw noImage();
  return names.find((name) => /\.(iso|img)$/.test(name)) ?? first;
}

/** The image to write. Throws IMAGE_NOT_FOUND or IMAGE_DAMAGED. */
export async function openImage(named: string | undefined, { directory, env }: CommandContext): Promise<ImageFile> {
  const path = named ?? join(directory, await configuredName({ directory, env }));
  await requireImage(path);
  return readImage(path);
}

import { access } from 'node:fs/promises';
import { LivewrightError } from '../errors.ts';

/** Throws IMAGE_NOT_FOUND unless there is something at `path`. */
export async function requireImage(path: string): Promise<void> {
  try {
    await access(path);
  } catch (cause) {
    throw new LivewrightError('IMAGE_NOT_FOUND', {
      message: `There is no image ${path}.`,
      hint: 'Build one with "lb build", or name an image file.',
      place: { path },
      cause,
    });
  }
}

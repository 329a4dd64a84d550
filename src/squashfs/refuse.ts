import { LivewrightError } from '../errors.ts';

/** Where in an image something stands: a byte of the file; with `inner`, a byte of what the metadata block there holds. */
export interface Origin {
  readonly offset: number;
  readonly inner?: number;
}

/** The one way to say that an image is not as SquashFS 4.0 has it. `why` completes "at byte N, ...". */
export function refuse(origin: Origin, why: string): LivewrightError {
  const { offset, inner } = origin;
  const where = inner === undefined ? `byte ${offset}` : `byte ${offset} (${inner} into the metadata block there)`;
  return new LivewrightError('SQUASHFS_FORMAT', {
    message: `The SquashFS image cannot be read: at ${where}, ${why}.`,
    hint: 'The file is damaged or was not made by mksquashfs; make or fetch it again.',
    data: { ...origin, why },
  });
}

/** Lets failures that `action` meets in an image name the image's file. */
export async function namingImage<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof LivewrightError) || error.code !== 'SQUASHFS_FORMAT' || error.place !== undefined)
      throw error;
    const { code, message, hint, data } = error;
    throw new LivewrightError(code, {
      message,
      ...(hint !== undefined && { hint }),
      data,
      place: { path },
      cause: error,
    });
  }
}

import { LivewrightError } from '../errors.ts';

/** Something in the store was damaged or gone: what made it can run again. */
export function isCorrupt(error: unknown): error is LivewrightError {
  return error instanceof LivewrightError && error.code === 'STORE_CORRUPT';
}

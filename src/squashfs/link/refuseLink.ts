import { LivewrightError } from '../../errors.ts';

/** What cannot be linked: entries that do not go together, or objects that do not. */
export function refuseLink(message: string, data: Readonly<Record<string, unknown>>): LivewrightError {
  return new LivewrightError('SQUASHFS_LINK', {
    message,
    hint: 'Objects must have one compressor and block size, and the output must be a file of its own; see docs/squashfs.md.',
    data,
  });
}

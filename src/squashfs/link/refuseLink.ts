import { LivewrightError } from '../../errors.ts';

/** What cannot be linked: entries that do not go together, or objects that do not. */
export function refuseLink(message: string, data: Readonly<Record<string, unknown>>): LivewrightError {
  return new LivewrightError('SQUASHFS_LINK', {
    message,
    hint: 'Objects must be made with one compressor and block size, and entries must be a tree whose contents the objects hold.',
    data,
  });
}

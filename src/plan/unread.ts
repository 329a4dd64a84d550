import type { Hook } from '../config/hooks.ts';
import { findIncludes } from '../config/includes.ts';
import { findPreseeds } from '../config/treeFiles.ts';
import { LivewrightError, type Place } from '../errors.ts';

interface Unread {
  readonly place: Place;
  readonly what: string;
}

export interface UnreadRequest {
  readonly directory: string;
  readonly hooks: readonly Hook[];
}

/**
 * Refuses a tree that asks for what this version cannot do yet: an image that lacks it without a word would be worse
 * than none.
 */
export async function refuseUnread(request: UnreadRequest): Promise<void> {
  const found = await findUnread(request);
  const [first, ...more] = found;
  if (first === undefined) return;
  throw new LivewrightError('NOT_SUPPORTED', {
    message: `This version does not read ${first.what} yet${more.length > 0 ? ` (and ${more.length} more such files)` : ''}.`,
    hint: 'Take it out of config/ to build without it.',
    place: first.place,
    data: { files: found.map(({ place }) => place.path) },
  });
}

async function findUnread({ directory, hooks }: UnreadRequest): Promise<Unread[]> {
  const at = (what: string) => (file: { readonly path: string }) => ({ place: { path: file.path }, what });
  return [
    ...(await findPreseeds(directory)).filter(({ phase }) => phase === 'installer').map(at('answers to the installer')),
    ...(await findIncludes(directory)).filter(({ kind }) => kind === 'installer').map(at('files for the installer')),
    ...hooks.filter(({ kind, origin }) => kind === 'source' && origin === 'own').map(at('hooks of this kind')),
  ];
}

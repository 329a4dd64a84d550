import { aptListFileName, suitePath } from '../debian/aptNames.ts';
import type { Step } from '../engine/step.ts';
import type { BlobRef } from '../store/types.ts';
import type { IndexedSource, IndexResult } from './indexResult.ts';
import type { TranslationFile } from './translations.ts';

/** Whose lists the image carries, so that apt knows packages before its first update. */
export interface ImageLists {
  readonly indices: readonly Step<IndexResult>[];
  readonly wanted: readonly WantedList[];
  readonly translations: Step<readonly TranslationFile[]>;
}

/** A source of the image. */
export interface WantedList {
  readonly uri: string;
  readonly suite: string;
  /** Another mirror of the same archive, which the build used. */
  readonly builtFrom?: string;
}

/** The lists of those sources, under the names that the image's apt looks for. */
export function selectLists(wanted: readonly WantedList[], sources: readonly IndexedSource[]): IndexedSource[] {
  return wanted.flatMap(({ uri, suite, builtFrom }) => {
    const at = (address: string) => sources.find((source) => isSame(source.uri, address) && source.suite === suite);
    const found = at(uri) ?? (builtFrom === undefined ? undefined : at(builtFrom));
    return found === undefined ? [] : [moveTo(uri, found)];
  });
}

/** A file of /var/lib/apt/lists. */
export type NamedList = { readonly name: string; readonly file: BlobRef };

/** The descriptions of the packages of those sources, likewise. */
export function selectTranslations(wanted: readonly WantedList[], files: readonly TranslationFile[]): NamedList[] {
  return wanted.flatMap(({ uri, suite, builtFrom }) => {
    const at = (address: string) => files.filter((file) => isSame(file.uri, address) && file.suite === suite);
    const own = at(uri);
    const found = own.length > 0 || builtFrom === undefined ? own : at(builtFrom);
    return found.map(({ path, file }) => ({ name: aptListFileName(uri, `${suitePath(suite)}/${path}`), file }));
  });
}

/** What the names of all lists of a source begin with, up to an underscore. */
export function listPrefix({ uri, suite }: WantedList): string {
  return aptListFileName(uri, suitePath(suite));
}

const withoutSlash = (uri: string): string => uri.replace(/\/+$/, '');
const isSame = (a: string, b: string): boolean => withoutSlash(a) === withoutSlash(b);

function moveTo(uri: string, source: IndexedSource): IndexedSource {
  const [from, to] = [aptListFileName(source.uri, ''), aptListFileName(uri, '')];
  const rename = (name: string) => to + name.slice(from.length);
  return {
    ...source,
    uri,
    listName: rename(source.listName),
    components: source.components.map((component) => ({ ...component, listName: rename(component.listName) })),
  };
}

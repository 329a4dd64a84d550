import type { ListedFile } from '../debian/listed.ts';
import type { BlobRef } from '../store/types.ts';

/** A suite of a mirror as verified: its signed index and its lists of packages. */
export type IndexedSource = {
  readonly uri: string;
  readonly suite: string;
  readonly inRelease: BlobRef;
  /** Its name below /var/lib/apt/lists. */
  readonly listName: string;
  /** Release.gpg, where the signature is a file of its own; its name is that of the Release file with `.gpg`. */
  readonly signature?: BlobRef;
  readonly components: readonly IndexedComponent[];
};

export type IndexedComponent = {
  readonly name: string;
  readonly architecture: string;
  readonly packages: BlobRef;
  /** Its name below /var/lib/apt/lists. */
  readonly listName: string;
};

/** The long descriptions of a component's packages in English, which apt keeps beside the lists of packages. */
export type RemoteTranslation = ListedFile & {
  readonly uri: string;
  readonly suite: string;
  /** Below the suite's directory, without the ending of its compression: `main/i18n/Translation-en`. */
  readonly path: string;
  readonly compression: 'xz' | 'gz';
};

export type IndexResult = {
  readonly sources: readonly IndexedSource[];
  /** The first source's lists of the files in its packages (Contents-ARCH.gz, Contents-all.gz). */
  readonly contents: readonly ListedFile[];
  /** The first source's descriptions of components (dep11/Components-ARCH.yml.gz), for each area that has one. */
  readonly components: readonly (ListedFile & { readonly area: string })[];
  readonly translations: readonly RemoteTranslation[];
  /** Date of the first source's Release file, seconds since 1970: the moment of the archive's state. */
  readonly dateSeconds: number;
};

/** What one name of the final tree is. Paths are relative to the root, without leading slash; the root itself is ".". */
export type LinkEntry = HardLinkEntry | InodeEntry;

/** A further name of what has the name `target`. */
export interface HardLinkEntry {
  readonly kind: 'hardlink';
  readonly path: string;
  readonly target: string;
}

export type InodeEntry = Attributes & EntryBody;

export interface Attributes {
  readonly path: string;
  /** The twelve bits of permissions. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
  /** By full name: `security.capability`. */
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
}

export type EntryBody =
  | { readonly kind: 'directory' }
  | { readonly kind: 'fifo' | 'socket' }
  | { readonly kind: 'file'; readonly content: ContentSource | undefined }
  | { readonly kind: 'symlink'; readonly target: string | Uint8Array }
  | { readonly kind: 'block-device' | 'character-device'; readonly major: number; readonly minor: number };

/** Which object holds a file's content. Undefined where one is expected: the file is empty. */
export interface ContentSource {
  /** Place in the list of objects. */
  readonly object: number;
  /** The file's name in it. */
  readonly path: string;
  /** Content with the same digest is kept once, whichever objects hold it. */
  readonly digest?: string;
  /** Compared with the object's file, where given. */
  readonly sizeBytes?: number;
}

/** A SHA-256 in lower-case hex, 64 characters. */
export type Digest = string & { readonly digest: unique symbol };

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A file in the store, named by the SHA-256 of its content. */
export type BlobRef = { readonly blob: Digest; readonly sizeBytes: number };

/**
 * A directory in the store (a layer, a tools tree, a medium), named by the SHA-256 of its manifest.
 * The manifest itself is a blob of that digest.
 */
export type TreeRef = { readonly tree: Digest };

/** What the store remembers of an action: its result, and how long it took to make. */
export interface ActionRecord {
  readonly key: Digest;
  readonly step: string;
  readonly result: Json;
  readonly durationMs: number;
  /** Keys of actions that were pieces of this one, kept as long as it is. */
  readonly parts?: readonly Digest[];
}

/**
 * Content-addressed storage under XDG cache: `ac/<2>/<key>` action -> record (JSON), `cas/<2>/<sha256>` blobs,
 * `trees/<2>/<sha256>/` directories, `tmp/` staging, `roots/` what each build directory refers to.
 * The names `ac` and `cas` are those of Bazel's HTTP cache protocol, so that a remote cache is GET and PUT later.
 *
 * Publishing is atomic (a rename inside one file system); reading verifies: a blob whose size or SHA-256 is wrong is
 * moved aside and counts as absent, so that the step which made it runs again.
 */
export interface Store {
  readonly root: string;

  /** The record of `key` if there is one and every blob and tree its result refers to is present, else undefined. */
  getAction(key: Digest): Promise<ActionRecord | undefined>;
  putAction(record: ActionRecord): Promise<void>;

  /** Whether the blob is present with this size (content is checked by `openBlob`). */
  hasBlob(ref: BlobRef): Promise<boolean>;
  /** The blob with this digest if present, whatever its size; for downloads known by hash alone. */
  findBlob(digest: Digest): Promise<BlobRef | undefined>;
  /** Absolute path of a blob, read-only, after checking its SHA-256 (once per process). Throws STORE_CORRUPT. */
  blobPath(ref: BlobRef): Promise<string>;
  putBytes(bytes: Uint8Array | string): Promise<BlobRef>;
  /** Moves the file at `path` (on the store's file system, best from `withStaging`) into the store. */
  putFile(path: string): Promise<BlobRef>;

  hasTree(ref: TreeRef): Promise<boolean>;
  /** Absolute path of a tree's directory, not to be written to. Throws STORE_CORRUPT if it is absent. */
  treePath(ref: TreeRef): Promise<string>;
  /** Moves `directory` into the store under the digest of `manifest` (its canonical text). */
  putTree(directory: string, manifest: string): Promise<TreeRef>;
  readManifest(ref: TreeRef): Promise<string>;
  /** For who has found a tree, or these blobs, to be other than their names say: they count as absent from then on. */
  setAside(ref: TreeRef, blobs: readonly Digest[]): Promise<void>;

  /** A new empty directory on the store's file system, removed when `action` ends, however it ends. */
  withStaging<T>(action: (directory: string) => Promise<T>): Promise<T>;

  /** Records which actions the build directory's newest build used, so that nothing else drops them. */
  putRoot(buildDirectory: string, keys: readonly Digest[]): Promise<void>;
  /** Drops what only `buildDirectory` refers to; returns what was freed. */
  purge(buildDirectory: string): Promise<{ readonly actions: number; readonly bytes: number }>;
}

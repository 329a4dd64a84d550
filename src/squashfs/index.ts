/**
 * SquashFS 4.0: list, extract and verify images, and link several into one without compressing anything again.
 * Failures are `LivewrightError`s: SQUASHFS_FORMAT for an image that cannot be read, SQUASHFS_LINK for what does not go together.
 */
export { LivewrightError } from '../errors.ts';
export { type Codec, codecIds } from './codec.ts';
export { type Piece, readPieces } from './content.ts';
export { type ImageEntry, listImage } from './entry.ts';
export { type Extracted, type ExtractOptions, extractImage } from './extract.ts';
export { type Image, withImage } from './image.ts';
export { type CompressBlocks, deflateBlocks, type StoredBlock, storeBlocks } from './link/compressor.ts';
export type { Attributes, ContentSource, EntryBody, HardLinkEntry, InodeEntry, LinkEntry } from './link/entries.ts';
export { formatIndex, parseIndex } from './link/indexText.ts';
export { type LinkOptions, type LinkResult, linkSquashfs } from './link/link.ts';
export { mergeTrees } from './link/merge.ts';
export { compressWithMksquashfs, type MksquashfsOptions } from './link/mksquashfs.ts';
export { indexObject, type ObjectIndex } from './link/object.ts';
export { type ObjectOptions, objectArguments, STORED } from './link/objectArguments.ts';
export type { Superblock } from './superblock.ts';
export { type Verified, type VerifyOptions, verifyImage } from './verify.ts';
export { type WalkedEntry, walk } from './walk.ts';

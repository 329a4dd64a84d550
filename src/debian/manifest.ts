import { type ManifestEntry, writeManifest } from '../rootfs/manifest.ts';
import type { TreeRecord } from './treeWriter.ts';

/**
 * The manifest of an unpacked tree, in the form that layers have too. Owner and times are left out (0): the files
 * belong to whoever unpacked them. Two writers of the same files give the same text, whatever order they wrote in.
 */
export function formatManifest(records: ReadonlyMap<string, TreeRecord>): string {
  return writeManifest([...records].map(([path, record]) => ({ path, ...nobodys, ...describe(record) })));
}

const nobodys = { uid: 0, gid: 0, mtimeSeconds: 0 };

function describe(record: TreeRecord): Pick<ManifestEntry, 'type' | 'mode' | 'sizeBytes' | 'content'> {
  switch (record.type) {
    case 'directory':
      return { type: 'd', mode: record.mode, sizeBytes: 0, content: '' };
    case 'file':
      return { type: 'f', mode: record.mode, sizeBytes: record.sizeBytes, content: record.sha256 };
    case 'symlink':
      return { type: 'l', mode: 0o777, sizeBytes: Buffer.byteLength(record.target), content: record.target };
  }
}

import { mediumUuid } from './diskInfo.ts';
import { buildHdd } from './hdd/hdd.ts';
import { buildIso } from './iso.ts';
import { packRoot, type RootTree } from './rootTree.ts';
import type { MediumSettings } from './settings.ts';
import { packTar, type TarCompression } from './tar.ts';
import type { MediaTools } from './tools.ts';

/** What concerns the image's file and not the medium in it. */
export interface ImageSettings {
  /** Of hdd images. */
  readonly disk?: {
    readonly label: string;
    readonly sizeMib: number | null;
    readonly partitionStart: string;
  };
  /** Of archives. */
  readonly compression?: TarCompression;
}

export interface BuildImageOptions {
  /** A medium from `layOutMedium` and `sealMedium`; it stays as it is. */
  readonly directory: string;
  /** The file to write; what is there is replaced. */
  readonly output: string;
  /** An empty directory. */
  readonly scratch: string;
  /** A system that lies on the medium file by file; for hdd images on ext, and archives. */
  readonly root?: RootTree;
  readonly settings: MediumSettings;
  readonly image: ImageSettings;
  readonly identity: string;
  readonly epochSeconds: number;
  readonly onProgress?: (done: number, total: number, unit: 'percent' | 'bytes') => void;
}

/** Makes the image of a medium: same directory content, settings and epoch, same bytes. */
export async function buildImage(tools: MediaTools, options: BuildImageOptions): Promise<void> {
  const { settings, image, onProgress } = options;
  switch (settings.imageType) {
    case 'iso':
    case 'iso-hybrid':
      return buildIso(tools, { ...options, onProgress: (percent) => onProgress?.(percent, 100, 'percent') });
    case 'hdd':
      return buildDisk(tools, options);
    case 'netboot':
      return packTar(tools, { ...options, compression: image.compression ?? 'none' });
    case 'tar': {
      const { root } = options;
      const packed = { ...options, compression: image.compression ?? 'none' };
      return root ? packRoot(tools, { ...packed, root }) : packTar(tools, { ...packed, top: 'binary' });
    }
  }
}

function buildDisk(tools: MediaTools, options: BuildImageOptions): Promise<void> {
  const { settings, image, identity, epochSeconds, onProgress } = options;
  const { disk } = image;
  const { filesystem, biosLoader, efiLoader } = settings;
  if (disk === undefined || filesystem === undefined) throw new Error('a disk image without its settings');
  return buildHdd(tools, {
    ...options,
    settings: { ...disk, sizeMib: disk.sizeMib ?? undefined, filesystem, biosLoader, efiLoader },
    uuid: mediumUuid(identity, epochSeconds),
    onProgress: (done, total) => onProgress?.(done, total, 'bytes'),
  });
}

import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { TreeFile } from '../config/digestFile.ts';
import { readControl } from '../debian/deb.ts';
import type { Downloader } from '../debian/http.ts';
import type { StepContext } from '../engine/step.ts';
import { place, placeCopy } from '../rootfs/place.ts';
import { fetchOwnDebs } from './ownDebs.ts';
import { areaOf, sourceDirectory } from './poolPlaces.ts';
import { fieldOf, Stanzas } from './stanzas.ts';
import type { Udeb, Udebs } from './udebs.ts';

/** Which udebs a medium has: those that the initrd has not, for its kernel, and that nobody excludes. */
export function selectUdebs(
  { kernel, packages }: Pick<Udebs, 'kernel' | 'packages'>,
  inInitrd: ReadonlySet<string>,
  excluded: readonly string[],
): Udeb[] {
  const patterns = excluded.map(toPattern);
  return packages.filter(
    (udeb) =>
      !inInitrd.has(udeb.name) &&
      (udeb.kernel === undefined || udeb.kernel === kernel) &&
      !patterns.some((pattern) => pattern.test(udeb.name)),
  );
}

/** Names with `*` and `?`, as of the files they stand for. */
function toPattern(glob: string): RegExp {
  const quoted = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${quoted}$`);
}

export interface UdebPlacing {
  /** The medium's directory. */
  readonly directory: string;
  readonly udebs: Udebs;
  readonly chosen: readonly Udeb[];
  readonly context: StepContext;
  readonly downloader: Downloader;
}

/** Puts the udebs into `pool-udeb/` and gives their list: the archive's own stanzas, with the files' places here. */
export async function placeUdebs({ directory, udebs, chosen, context, downloader }: UdebPlacing): Promise<string[]> {
  const { store } = context;
  const onProgress = (done: number, total: number, item: string) => context.progress(done, total, 'bytes', item);
  const blobs = await fetchOwnDebs(chosen, { context, downloader, onProgress });
  const stanzas = new Stanzas();
  stanzas.add(await readFile(await store.blobPath(udebs.index), 'utf8'));
  const listed: string[] = [];
  for (const [number, udeb] of chosen.entries()) {
    const path = `pool-udeb/main/${sourceDirectory(udeb.source)}/${basename(new URL(udeb.url).pathname)}`;
    const blob = blobs[number];
    const stanza = stanzas.find(udeb.name, udeb.version, udeb.architecture);
    if (blob === undefined || stanza === undefined) throw new Error(`no stanza or file of ${udeb.name}`);
    await place(await store.blobPath(blob), join(directory, path));
    listed.push(
      stanza
        .replace(/^X-Base: .*\n/m, '')
        .replace(/^Filename: .*$/m, `Filename: ${path}`)
        .trim(),
    );
  }
  return listed;
}

/** A package of the user's for the medium. */
export interface LocalForMedium extends TreeFile {
  readonly name: string;
}

/** Puts a package of the user's below `pool/` or `pool-udeb/`, and gives its stanza. */
export async function placeLocal(file: LocalForMedium, from: string, directory: string): Promise<string> {
  const control = (await readControl(join(from, file.path))).trimEnd();
  const source = fieldOf(control, 'Source').split(' ')[0] || fieldOf(control, 'Package');
  const pool = file.name.endsWith('.udeb') ? 'pool-udeb' : 'pool';
  const path = `${pool}/${areaOf(fieldOf(control, 'Section'))}/${sourceDirectory(source)}/${file.name}`;
  await placeCopy(join(from, file.path), join(directory, path));
  return `${control}\nFilename: ${path}\nSize: ${file.sizeBytes}\nSHA256: ${file.sha256}`;
}

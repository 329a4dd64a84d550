import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { KeepPart } from '../engine/parts.ts';
import type { StepContext } from '../engine/step.ts';
import { parseManifest } from '../rootfs/manifest.ts';
import { quote } from '../sandbox/mounts.ts';
import type { Bind } from '../sandbox/types.ts';
import {
  type CompressBlocks,
  compressWithMksquashfs,
  formatIndex,
  indexObject,
  type ObjectIndex,
  objectArguments,
  parseIndex,
} from '../squashfs/index.ts';
import { digestJson } from '../store/digest.ts';
import type { BlobRef, Digest, Json, Store, TreeRef } from '../store/types.ts';
import type { Compression } from './compression.ts';
import { openSandbox, toLog } from './workshop.ts';

/** A SquashFS image that holds contents for the linker, and what they are. */
export type SquashedObject = {
  /** Null: there is nothing in it. */
  readonly object: BlobRef | null;
  /** What its tables say (`formatIndex`). */
  readonly index: BlobRef | null;
  /** `SHA-256, two spaces, path, NUL` for each file that is not empty (sha256sum --zero). */
  readonly contents: BlobRef;
};

/** What the bytes of an object depend on besides its contents; the part of its key that all objects share. */
export type SquashSettings = Compression & { readonly compressor: Digest };

export async function squashSettings(store: Store, tools: TreeRef, compression: Compression): Promise<SquashSettings> {
  return { ...compression, compressor: await compressorOf(store, tools) };
}

const compressorFile = /^usr\/(bin\/mksquashfs|lib\/[^/]+\/lib(z|lzma|lzo2|lz4|zstd)\.so\.[^/]+)$/;

/** mksquashfs and its compressors alone: another version of some other tool must not compress everything again. */
async function compressorOf(store: Store, tools: TreeRef): Promise<Digest> {
  const entries = parseManifest(await store.readManifest(tools));
  const files = entries.filter(({ path, type }) => type === 'f' && compressorFile.test(path));
  if (files.length === 0) throw new Error('there is no mksquashfs in the tools tree');
  return digestJson(files.map(({ path, content }) => [path, content]));
}

/** Objects that are parts of a step and not in the store yet. */
export interface MissingObjects<I extends Json> {
  readonly context: StepContext;
  readonly tools: TreeRef;
  readonly compression: Compression;
  readonly missing: readonly I[];
  readonly keep: KeepPart<I, SquashedObject>;
}

export interface SquashOrder {
  /** For programs: digits. */
  readonly name: string;
  /** For the progress display. */
  readonly title: string;
  /** Bytes that it will roughly take; large ones are begun first. */
  readonly weight: number;
}

export interface SquashJob {
  readonly context: StepContext;
  readonly tools: TreeRef;
  readonly compression: Compression;
  readonly orders: readonly SquashOrder[];
  /** Shell commands that put the files of "$name" into /pieces/$name. */
  readonly gather: string;
  readonly binds: readonly Bind[];
  readonly keep: (order: SquashOrder, object: SquashedObject) => Promise<void>;
}

/** How much of the machine other steps leave is used; those on the critical path go first. */
const PRIORITY = 15;

/** Makes objects, as many at once as there are processors, and hands in each when it is done. */
export async function squashAll({ context, tools, compression, orders, ...job }: SquashJob): Promise<void> {
  const sandbox = await openSandbox(context.store, tools);
  const [out, work] = [join(context.scratch, 'out'), join(context.scratch, 'work')];
  for (const directory of [out, work]) await mkdir(directory, { recursive: true });
  await writeFile(join(work, 'make'), makeScript(compression, job.gather));
  const heaviestFirst = orders.toSorted((a, b) => b.weight - a.weight);
  const byName = new Map(orders.map((order) => [order.name, order]));
  const kept: Promise<void>[] = [];
  const onLine = (line: string, stream: string): void => {
    const order = stream === 'stdout' ? byName.get(line) : undefined;
    if (order === undefined) {
      context.log(line);
      return;
    }
    const keep = async (): Promise<void> => job.keep(order, await takeObject(context.store, join(out, order.name)));
    const keeping = keep();
    keeping.catch(() => {}); // told below, unless the program fails first
    kept.push(keeping);
    context.progress(kept.length, orders.length, 'packages', order.title);
  };
  await sandbox.runTool({
    argv: ['nice', `-n${PRIORITY}`, 'xargs', `-P${availableParallelism()}`, '-n1', 'sh', '/pieces/make'],
    input: heaviestFirst.map(({ name }) => `${name}\n`).join(''),
    binds: [
      ...job.binds,
      { source: out, target: '/out', writable: true },
      { source: work, target: '/pieces', writable: true },
    ],
    ...toLog(context),
    onLine,
  });
  await Promise.all(kept);
}

function makeScript(compression: Compression, gather: string): string {
  const paths = { source: '.', output: '/out/NAME' };
  const squash = quote(objectArguments({ ...paths, compression: compression.words, ...compression }));
  return `
set -e
name=$1
mkdir "/pieces/$name"
${gather}
cd "/pieces/$name"
find . -type f -size +0 -printf '%P\\0' | sort -z >"/pieces/$name.files"
xargs -0 -r sha256sum --zero -- <"/pieces/$name.files" >"/out/$name.contents"
[ ! -s "/pieces/$name.files" ] || ${squash.replace('/out/NAME', '"/out/$name"')} >&2
cd /
rm -r "/pieces/$name"
echo "$name"
`;
}

async function takeObject(store: Store, path: string): Promise<SquashedObject> {
  const contents = await store.putFile(`${path}.contents`);
  if (contents.sizeBytes === 0) return { object: null, index: null, contents };
  const index = await store.putBytes(formatIndex(await indexObject(path)));
  return { object: await store.putFile(path), index, contents };
}

/** What the linker must know of an object, or undefined where there is nothing in it. */
export async function readIndex(store: Store, squashed: SquashedObject): Promise<ObjectIndex | undefined> {
  const { object, index } = squashed;
  if (object === null || index === null) return undefined;
  return parseIndex(await readFile(await store.blobPath(index), 'utf8'), await store.blobPath(object));
}

/** Contents of an object: SHA-256 by path. */
export async function readContents(store: Store, { contents }: SquashedObject): Promise<Map<string, string>> {
  const text = await readFile(await store.blobPath(contents), 'utf8');
  const rows = text.split('\0').filter((row) => row !== '');
  return new Map(rows.map((row) => [row.slice(66), row.slice(0, 64)]));
}

/** Compresses what the linker cannot copy, with the settings of the objects. */
export async function blockCompressor(
  context: StepContext,
  tools: TreeRef,
  { words }: Compression,
): Promise<CompressBlocks> {
  const sandbox = await openSandbox(context.store, tools);
  const { signal } = context;
  const run = (argv: readonly string[], directory: string) =>
    sandbox.runTool({ argv, signal, cwd: '/in', binds: [{ source: directory, target: '/in', writable: true }] });
  return compressWithMksquashfs({ run, scratch: context.scratch, compression: words });
}

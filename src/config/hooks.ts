import { access, open, readlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import type { Digest } from '../store/types.ts';
import { hashFile } from './digestFile.ts';
import { type ListedFile, listFiles } from './listFiles.ts';
import { stockHooksDirectory } from './writeTree.ts';

/** Where a hook runs: in the system, in the system under systemd-nspawn, beside the medium, beside the sources. */
export type HookKind = 'chroot' | 'container' | 'binary' | 'source';

export interface Hook {
  /** Unique among the hooks: `normal/0100-locale.hook.chroot`. */
  readonly name: string;
  readonly kind: HookKind;
  readonly origin: 'stock' | 'own';
  /** In the tree, relative to the build directory. */
  readonly path: string;
  /** The file to run, absolute: `path` itself, or the stock hook that it stands for. */
  readonly file: string;
  readonly sha256: Digest;
  /** Whether the file begins with `#!`. If not, sh runs it. Its mode does not matter. */
  readonly hasInterpreter: boolean;
}

export interface FoundHooks {
  /** In the order in which they run. */
  readonly hooks: readonly Hook[];
  /** Links that lead nowhere; most are to stock hooks of another live-build. */
  readonly skipped: readonly { readonly path: string; readonly target: string }[];
  /** Files of these directories whose name or place makes them no hooks. */
  readonly ignored: readonly string[];
}

/** Container hooks count in `live` only. */
const order: readonly { readonly kind: HookKind; readonly pass: 'normal' | 'live' }[] = [
  { kind: 'chroot', pass: 'normal' },
  { kind: 'chroot', pass: 'live' },
  { kind: 'container', pass: 'live' },
  { kind: 'binary', pass: 'normal' },
  { kind: 'binary', pass: 'live' },
  { kind: 'source', pass: 'normal' },
  { kind: 'source', pass: 'live' },
];

/**
 * The hooks of `config/hooks`: files that end in their kind, all of `normal` and then all of `live`, each in byte order.
 * A link to a stock hook of any live-build outside of the tree means the stock hook of that name here, whether or not the link leads
 * anywhere on this machine. Other links that lead nowhere are skipped, as live-build does.
 */
export async function findHooks(directory: string): Promise<FoundHooks> {
  const hooks: Hook[] = [];
  const skipped: { path: string; target: string }[] = [];
  for (const { kind, pass } of order) {
    const files = await listFiles(directory, `config/hooks/${pass}`);
    for (const file of files.filter(({ name }) => name.endsWith(`.${kind}`))) {
      const found = await findFile(directory, file);
      if (found.file === undefined) skipped.push({ path: file.path, target: found.target });
      else hooks.push(await describe({ ...file, name: `${pass}/${file.name}` }, kind, { ...found, file: found.file }));
    }
  }
  return { hooks, skipped, ignored: await findIgnored(directory) };
}

/** live-build's own README aside, and what is hidden. */
async function findIgnored(directory: string): Promise<string[]> {
  const found = await Promise.all([
    listFiles(directory, 'config/hooks'),
    ...(['normal', 'live'] as const).map(async (pass) => {
      const endings = order.filter((row) => row.pass === pass).map(({ kind }) => `.${kind}`);
      const files = await listFiles(directory, `config/hooks/${pass}`);
      return files.filter(({ name }) => !endings.some((ending) => name.endsWith(ending)));
    }),
  ]);
  return found.flat().flatMap(({ path, name }) => (/^README/.test(name) ? [] : [path]));
}

interface FoundFile {
  readonly origin: Hook['origin'];
  readonly file: string | undefined;
  readonly target: string;
}

async function findFile(directory: string, { path, isLink }: ListedFile): Promise<FoundFile> {
  const file = join(directory, path);
  if (!isLink) return { origin: 'own', file, target: path };
  const target = await readlink(file);
  // A live-build of the tree's own, in local/live-build, has hooks of its own.
  const isInside = resolve(dirname(file), target).startsWith(join(directory, '/'));
  if (isInside && (await exists(file))) return { origin: 'own', file, target };
  const stock = /(?:^|\/)(?:live\/build|share)\/hooks\/((?:normal|live)\/[^/]+)$/.exec(target)?.[1];
  if (stock !== undefined) {
    const here = join(stockHooksDirectory, stock);
    return { origin: 'stock', file: (await exists(here)) ? here : undefined, target };
  }
  return { origin: 'own', file: (await exists(file)) ? file : undefined, target };
}

function exists(path: string): Promise<boolean> {
  return orIfAbsent(
    access(path).then(() => true),
    false,
  );
}

async function describe(
  { name, path }: ListedFile,
  kind: HookKind,
  { origin, file }: { readonly origin: Hook['origin']; readonly file: string },
): Promise<Hook> {
  const [sha256, hasInterpreter] = await Promise.all([hashFile(file), startsWithInterpreter(file)]);
  return { name, kind, origin, path, file, sha256, hasInterpreter };
}

async function startsWithInterpreter(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.toString('latin1') === '#!';
  } finally {
    await file.close();
  }
}

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeLentFiles } from '../rootfs/buildTime.ts';
import { layerPaths } from '../rootfs/layer.ts';
import type { OverlayMount, Program } from '../sandbox/types.ts';
import type { BlobRef, Store, TreeRef } from '../store/types.ts';
import type { UserDirectory } from './medium.ts';
import { hostNames } from './network.ts';
import { type EmulatorInput, emulationOf } from './workshop.ts';

/** Where a binary hook sees the build directory. */
export const BUILD = '/build';

/** A directory of the medium and the name that hooks know it by. */
export type Part = { readonly name: string; readonly path: string };

/** What is in a binary hook's key. */
export type BinaryHookInputs = {
  readonly hookTools: TreeRef;
  /** For a hook that enters `chroot/`, where its programs are another architecture's. */
  readonly emulator?: EmulatorInput;
  readonly epochSeconds: number;
  /** The medium as laid out, and what earlier hooks wrote. */
  readonly medium: readonly TreeRef[];
  readonly chroot: readonly TreeRef[];
  /** Below `config/hooks`: `normal/0100-menu.hook.binary`. */
  readonly file: string;
  /** Its content in base64. */
  readonly script: string;
  readonly parts: readonly Part[];
  readonly environment: Readonly<Record<string, string>>;
  /** Digest of `config/`. */
  readonly config: string;
  /** Lists that live-build has written by then, by the names that they have in the build directory. */
  readonly lists: Readonly<Record<string, BlobRef>>;
  /** Digests of other files of the build directory that the hook names. */
  readonly beside: Readonly<Record<string, string>>;
};

export interface BinaryHookSource {
  readonly name: string;
  readonly path: string;
  readonly parts: readonly Part[];
  /** Variables that live-build exports, and those of `config/environment` and `config/environment.binary`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly config: UserDirectory;
  /** Files of the build directory that the hook names as `../NAME`. */
  readonly beside: () => Promise<readonly (UserDirectory & { readonly name: string })[]>;
  readonly proxy: Readonly<Record<string, string>>;
}

/** Where hooks find the text of `hooks/FILE`. */
export const ownPlace = (file: string): string => `${BUILD}/config/hooks/${file}`;

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The program that runs the hook: `/build` stands for the build directory, with `binary/` (written to a layer), `config/`,
 * `chroot/` (writable, thrown away) and what the hook names beside them. `scratch` gets `partN/upper` and `root/upper`.
 */
export async function hookProgram(
  inputs: BinaryHookInputs,
  source: Pick<BinaryHookSource, 'config' | 'beside' | 'proxy'>,
  { store, scratch }: { readonly store: Store; readonly scratch: string },
): Promise<Program> {
  // Above the user's own file, which may lack the x bit or be a link.
  const own = join(scratch, 'hook');
  await mkdir(dirname(join(own, 'hooks', inputs.file)), { recursive: true });
  await writeFile(join(own, 'hooks', inputs.file), Buffer.from(inputs.script, 'base64'), { mode: 0o755 });
  const lent = await writeLentFiles(join(scratch, 'lent'), { ...(await hostNames()), ...accounts });
  const tools = await store.treePath(inputs.hookTools);
  const overlays: OverlayMount[] = [
    ...(await partOverlays(inputs, { store, scratch })),
    { lower: await layerPaths(store, inputs.chroot), target: `${BUILD}/chroot`, ...(await upperOf(scratch, 'chroot')) },
    { lower: [source.config.path, own], target: `${BUILD}/config` },
  ];
  const beside = await source.beside();
  const lists = Object.entries(inputs.lists).map(async ([name, ref]) => {
    return { source: await store.blobPath(ref), target: `${BUILD}/${name}` };
  });
  return {
    ...(await emulationOf(store, inputs.emulator)),
    argv: [`../config/hooks/${inputs.file}`],
    root: { kind: 'overlay', lower: [tools, lent.layer], ...(await upperOf(scratch, 'root')) },
    cwd: `${BUILD}/${inputs.parts[0]?.name ?? 'binary'}`,
    overlays,
    binds: [
      ...(await Promise.all(lists)),
      ...beside.map((file) => ({ source: file.path, target: `${BUILD}/${file.name}` })),
    ],
    env: {
      ...source.proxy,
      ...{ PATH: `${BUILD}/local/bin:${path}`, SOURCE_DATE_EPOCH: String(inputs.epochSeconds) },
      ...inputs.environment,
    },
    network: 'host',
  };
}

/** `passwd -l root` in a hook finds an account to lock, and locks nobody. */
const accounts = { '/etc/shadow': { content: 'root:*:20000:0:99999:7:::\n', mode: 0o640 } };

async function upperOf(scratch: string, name: string): Promise<{ readonly upper: string; readonly work: string }> {
  const [upper, work] = [join(scratch, name, 'upper'), join(scratch, name, 'work')];
  for (const directory of [upper, work]) await mkdir(directory, { recursive: true });
  return { upper, work };
}

async function partOverlays(
  { medium, parts }: BinaryHookInputs,
  { store, scratch }: { readonly store: Store; readonly scratch: string },
): Promise<OverlayMount[]> {
  const trees = await layerPaths(store, medium);
  const overlays = parts.map(async ({ name, path: inner }, index) => {
    const lower = trees.map((tree) => join(tree, inner)).filter((directory) => existsSync(directory));
    return { lower, target: `${BUILD}/${name}`, ...(await upperOf(scratch, `part${index}`)) };
  });
  return Promise.all(overlays);
}

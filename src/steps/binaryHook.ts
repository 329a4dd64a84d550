import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStep, type Step, type StepContext } from '../engine/step.ts';
import { sealLayer } from '../rootfs/seal.ts';
import { settleXattrs } from '../rootfs/xattrs.ts';
import type { TreeRef } from '../store/types.ts';
import { type BinaryHookInputs, type BinaryHookSource, BUILD, hookProgram, type Part } from './binaryHookWorld.ts';
import { changesUser, hookFailed } from './hook.ts';
import type { Listings } from './listings.ts';
import type { LaidOutMedium } from './medium.ts';
import { mediumWitness, recordMediumSight } from './mediumSight.ts';
import { createWatcher } from './watcher.ts';
import { type EmulatorStep, type EpochSource, openSandbox, toLog } from './workshop.ts';

export interface BinaryHookOptions extends BinaryHookSource {
  /** The tools tree `hooks`. */
  readonly tools: Step<TreeRef>;
  readonly emulator?: EmulatorStep | undefined;
  readonly epoch: EpochSource;
  readonly layOut: Step<LaidOutMedium>;
  /** The binary hooks before this one. */
  readonly before: readonly Step<TreeRef>[];
  /** The layers of the root, which hooks see at ../chroot. */
  readonly layers: readonly Step<TreeRef>[];
  readonly listings: Step<Listings>;
  /** What names of images and lists begin with: `live-image-amd64`. */
  readonly stem: string;
  readonly imageType: string;
}

/**
 * Runs one binary hook on the medium as it stands: in `binary/`, with the programs of a tools tree and nothing of this
 * machine but its network. Its result is a layer over the medium; what it writes elsewhere is thrown away, and told.
 */
export function binaryHookStep(options: BinaryHookOptions): Step<TreeRef> {
  const { tools, emulator, epoch, layOut, before, layers, listings, stem, name, imageType } = options;
  return defineStep({
    name: `hook:${imageType}:${name}`,
    title: `hook ${name} on the ${imageType} medium`,
    kind: 'binary-hook',
    version: 1,
    witness: mediumWitness(options.config),
    needs: [tools, ...(emulator ? [emulator.tree] : []), ...epoch.needs, layOut, ...before, ...layers, listings],
    inputs: async (resultOf): Promise<BinaryHookInputs> => ({
      hookTools: resultOf(tools),
      ...(emulator && { emulator: { name: emulator.name, tree: resultOf(emulator.tree) } }),
      epochSeconds: epoch.secondsOf(resultOf),
      medium: [resultOf(layOut).directory, ...before.map((hook) => resultOf(hook))],
      chroot: layers.map((layer) => resultOf(layer)),
      file: name,
      script: (await readFile(options.path)).toString('base64'),
      parts: options.parts,
      environment: options.environment,
      config: await options.config.digest(),
      lists: {
        'chroot.files': resultOf(listings).files,
        'chroot.packages.install': resultOf(listings).packagesInstall,
        'chroot.packages.live': resultOf(listings).packagesLive,
        [`${stem}.files`]: resultOf(listings).files,
        [`${stem}.packages`]: resultOf(layOut).packages,
      },
      beside: Object.fromEntries(
        await Promise.all((await options.beside()).map(async (file) => [file.name, await file.digest()] as const)),
      ),
    }),
    run: async (inputs, context) => {
      const { scratch } = context;
      const looks = await runHook(inputs, context, options);
      const named = [...Object.keys(inputs.lists), ...Object.keys(inputs.beside)];
      const upper = join(scratch, 'root/upper');
      const stray = await findStrayFiles(upper, named);
      if (stray.length > 0) context.note(describeStray(stray));
      const layer = await keepLayer(inputs, context);
      const sight = { inputs, config: options.config, layer, upper };
      const seen = looks && (await recordMediumSight(context, { ...sight, looks }));
      if (seen !== undefined) context.saw(seen);
      return layer;
    },
  });
}

/** Gives what the hook looked at; undefined where that cannot be known. */
async function runHook(inputs: BinaryHookInputs, context: StepContext, options: BinaryHookOptions) {
  const { store, scratch } = context;
  const { name, imageType } = options;
  const sandbox = await openSandbox(store, inputs.hookTools);
  const program = await hookProgram(inputs, options, { store, scratch });
  const script = Buffer.from(inputs.script, 'base64').toString('latin1');
  // Programs under an emulator are not watched: between them and the kernel it looks at things of its own.
  const isWatched = inputs.emulator === undefined && !changesUser.test(script);
  const watcher = isWatched ? await createWatcher(sandbox, context, false) : undefined;
  const run = watcher?.run ?? sandbox.run;
  await run({ ...program, ...toLog(context) }).catch((error: unknown) => {
    throw hookFailed({ name, step: `hook:${imageType}:${name}`, argv: program.argv, error });
  });
  return watcher?.looks();
}

async function keepLayer({ hookTools, parts, epochSeconds }: BinaryHookInputs, { store, scratch }: StepContext) {
  const { runTool } = await openSandbox(store, hookTools);
  const directory = await gatherLayer(scratch, parts);
  const xattrs = await settleXattrs(directory, runTool);
  return store.putTree(directory, await sealLayer({ directory, epochSeconds, xattrs }));
}

/** The parts' upper directories, put together as they lie on the medium. */
async function gatherLayer(scratch: string, parts: readonly Part[]): Promise<string> {
  const upper = (index: number): string => join(scratch, `part${index}`, 'upper');
  if (parts.length === 1) return upper(0);
  const directory = join(scratch, 'layer');
  await mkdir(directory);
  for (const [index, { path }] of parts.entries()) await rename(upper(index), join(directory, path));
  return directory;
}

/** Where programs litter; nobody expects these to be kept. */
const litter = new Set(['tmp', 'var/tmp', 'run', 'root', 'dev', 'proc', 'sys', 'livewright']);

/** Files written outside the medium, relative to the root, except mount points (the names in `beside`). */
async function findStrayFiles(upper: string, beside: readonly string[]): Promise<string[]> {
  const mountPoints = new Set(beside.map((name) => `${BUILD.slice(1)}/${name}`));
  const walk = async (path: string): Promise<string[]> => {
    const entries = (await readdir(join(upper, path), { withFileTypes: true })).map((entry) => ({
      entry,
      inner: join(path, entry.name),
    }));
    const wanted = entries.filter(
      ({ entry, inner }) => !(litter.has(inner) || mountPoints.has(inner) || entry.name === '__pycache__'),
    );
    const found = wanted.map(async ({ entry, inner }) => {
      if (entry.isDirectory()) return walk(inner);
      return entry.isFile() ? [inner] : [];
    });
    return (await Promise.all(found)).flat().sort();
  };
  return walk('');
}

/** live-build runs these hooks on the machine itself, where such writes stay: `passwd -l root` locks the builder's root. */
function describeStray(stray: readonly string[]): string {
  const build = `${BUILD.slice(1)}/`;
  const shown = stray.map((path) => (path.startsWith(build) ? `../${path.slice(build.length)}` : `/${path}`));
  const more = shown.length > 1 ? ` and ${shown.length - 1} more` : '';
  return `It wrote ${shown[0]}${more} outside the medium, which is not kept; what is to change the system must be a chroot hook.`;
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readHostFacts } from '../config/hostFacts.ts';
import type { ToolsTreeName } from '../debian/toolsSpec.ts';
import { runGraph } from '../engine/run.ts';
import { archiveAccess } from '../plan/prepare.ts';
import { hostArchitecture } from '../sandbox/loader.ts';
import { startMachine } from '../sandbox/machine.ts';
import { createSandbox } from '../sandbox/run.ts';
import { toolsSteps } from '../steps/tools.ts';
import { defaultStoreDirectory } from '../store/layout.ts';
import { openStore } from '../store/local.ts';
import { type AccelChoice, probeKvm } from '../vm/accel.ts';
import type { GuestArchitecture, StartMachine } from '../vm/types.ts';
import type { CommandContext } from './context.ts';
import { withRootPowers } from './namespace.ts';

/** Everything needed to start virtual machines. */
export interface MachineRoom {
  /** Host path of the tree that has QEMU and its firmware. */
  readonly toolsRoot: string;
  readonly start: StartMachine;
  readonly accel: AccelChoice;
  /** Host path of another tools tree; fetched when it is first asked for. */
  toolsTree(name: ToolsTreeName): Promise<string>;
  /** A new empty directory with a short name: unix sockets have 108 bytes for theirs. */
  newScratch(): Promise<string>;
}

export interface MachineWish {
  /** With a window or without. */
  readonly tree: 'vm' | 'display';
  readonly guest: GuestArchitecture;
}

/**
 * Fetches QEMU where needed and calls `use` with what starts machines. An ordinary user does all this in a user
 * namespace, in which the command line is run again; its exit code comes back.
 */
export async function withMachineRoom(
  context: CommandContext,
  { tree, guest }: MachineWish,
  use: (room: MachineRoom) => Promise<number>,
): Promise<number> {
  const { directory, env, events, signal } = context;
  const { mirrors } = await readHostFacts({ directory, env });
  const tools = toolsSteps({ mirror: mirrors.main, ...archiveAccess(env) });
  const entered = await withRootPowers(context, tools('build'));
  if (entered !== undefined) return entered;
  const store = await openStore(defaultStoreDirectory(env));
  const base = await mkdtemp(join(tmpdir(), 'lw-'));
  const newScratch = (): Promise<string> => mkdtemp(join(base, 's-'));
  try {
    const isForeign = guest === 'arm64' && hostArchitecture() !== 'arm64';
    const targets = [tools('build'), tools(isForeign ? `${tree}-arm64` : tree)] as const;
    const { resultOf } = await runGraph({ targets, store, events: { emit: events.emit }, signal });
    const sandbox = createSandbox(await store.treePath(resultOf(targets[0])));
    const toolsRoot = await store.treePath(resultOf(targets[1]));
    const start: StartMachine = (argv, options) => startMachine(sandbox, { ...options, argv, toolsRoot });
    const accel = isForeign ? foreignGuest : await probeKvm({ start, scratch: await newScratch() });
    const toolsTree = async (name: ToolsTreeName): Promise<string> => {
      const target = tools(name);
      const made = await runGraph({ targets: [target], store, events: { emit: events.emit }, signal });
      return store.treePath(made.resultOf(target));
    };
    return await use({ toolsRoot, start, accel, toolsTree, newScratch });
  } finally {
    await rm(base, { recursive: true, force: true });
    await store.close();
  }
}

const foreignGuest: AccelChoice = {
  accel: 'tcg',
  reason: 'The guest is of another architecture than this machine, and is emulated.',
};

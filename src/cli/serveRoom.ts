import { readHostFacts } from '../config/hostFacts.ts';
import { runGraph } from '../engine/run.ts';
import { LivewrightError } from '../errors.ts';
import { archiveAccess } from '../plan/prepare.ts';
import { hasRootPowers } from '../sandbox/enter.ts';
import { runInNetworkNamespace } from '../sandbox/netns.ts';
import { createSandbox, type Sandbox } from '../sandbox/run.ts';
import type { ServiceRoom } from '../serve/services.ts';
import { toolsSteps } from '../steps/tools.ts';
import { defaultStoreDirectory } from '../store/layout.ts';
import { openStore } from '../store/local.ts';
import type { CommandContext } from './context.ts';
import { makeOrRecall } from './knownTools.ts';
import { withRootPowers } from './namespace.ts';
import { withServeScratch } from './serveScratch.ts';

/** Everything needed to start services. */
export interface ServeRoom extends ServiceRoom {
  readonly sandbox: Sandbox;
}

export interface ToolsTrees {
  readonly build: string;
  readonly serve: string;
}

/** How a process in a network namespace from where no mirror may be reached is told where its tools are. */
export function tellTrees(trees: ToolsTrees): Readonly<Record<string, string>> {
  return { [treesVariable]: JSON.stringify(trees) };
}

const treesVariable = 'LIVEWRIGHT_SERVE_TREES';

/**
 * Fetches the servers where needed and calls `use` with what starts them. An ordinary user does all this in a user
 * namespace, in which the command line is run again; its exit code comes back.
 */
export async function withServeRoom(
  context: CommandContext,
  use: (room: ServeRoom) => Promise<number>,
): Promise<number> {
  return withTrees(context, async (trees) => {
    // Not in /tmp, which may be memory: the unpacked image comes here.
    const parent = context.env['TMPDIR'] || '/var/tmp';
    return withServeScratch(
      parent,
      (scratch) => use({ sandbox: createSandbox(trees.build), toolsRoot: trees.serve, scratch }),
      (path) => context.events.emit({ type: 'note', message: `Removed ${path}, which a killed "lb serve" had left.` }),
    );
  });
}

/** Runs the command line again in a network namespace of that name. */
export async function enterNetwork(context: CommandContext, name: string): Promise<number> {
  if (!hasRootPowers()) {
    throw new LivewrightError('SERVE_FAILED', {
      message: `Only root may enter the network namespace "${name}".`,
      hint: 'Run lb serve as root.',
    });
  }
  return withTrees(context, (trees) =>
    runInNetworkNamespace({
      toolsTree: trees.build,
      name,
      argv: context.commandLine,
      env: tellTrees(trees),
    }),
  );
}

async function withTrees(context: CommandContext, use: (trees: ToolsTrees) => Promise<number>): Promise<number> {
  const { directory, env, events, signal } = context;
  const told = env[treesVariable];
  // Whoever told us holds the store open until we have ended.
  if (told !== undefined) return use(JSON.parse(told) as ToolsTrees);
  const { mirrors } = await readHostFacts({ directory, env });
  const tools = toolsSteps({ mirror: mirrors.main, ...archiveAccess(env) });
  const entered = await withRootPowers(context, tools('build'));
  if (entered !== undefined) return entered;
  const store = await openStore(defaultStoreDirectory(env));
  try {
    const known = await makeOrRecall(store, events, async (emit) => {
      const targets = [tools('build'), tools('serve')] as const;
      const { resultOf } = await runGraph({ targets, store, events: { emit }, signal });
      return { build: resultOf(targets[0]), serve: resultOf(targets[1]) };
    });
    return await use({ build: await store.treePath(known.build), serve: await store.treePath(known.serve) });
  } finally {
    await store.close();
  }
}

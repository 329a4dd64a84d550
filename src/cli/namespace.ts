import { readHostFacts } from '../config/hostFacts.ts';
import { runGraph } from '../engine/run.ts';
import type { Step } from '../engine/step.ts';
import type { Listener } from '../events/events.ts';
import { archiveAccess } from '../plan/prepare.ts';
import { hasRootPowers, requireIdHelpers, runInUserNamespace } from '../sandbox/enter.ts';
import { toolsSteps } from '../steps/tools.ts';
import { defaultStoreDirectory } from '../store/layout.ts';
import { openStore } from '../store/local.ts';
import type { TreeRef } from '../store/types.ts';
import type { CommandContext } from './context.ts';

/**
 * Gives a command root's powers over the store and mounts. As root there is nothing to do, and the answer is
 * undefined. An ordinary user gets them in a user namespace, in which this command line is run again; the answer is
 * its exit code. The tools tree, plain files of that user, must come first: it holds the programs that enter.
 */
export async function withRootPowers(context: CommandContext, tools: Step<TreeRef>): Promise<number | undefined> {
  if (hasRootPowers()) return undefined;
  await requireIdHelpers();
  const toolsTree = await makeTree(context, tools);
  return runInUserNamespace({ toolsTree, argv: context.commandLine });
}

async function makeTree({ env, events, signal }: CommandContext, tools: Step<TreeRef>): Promise<string> {
  const store = await openStore(defaultStoreDirectory(env));
  try {
    const { resultOf } = await runGraph({ targets: [tools], store, events: { emit: onlyWork(events.emit) }, signal });
    return await store.treePath(resultOf(tools));
  } finally {
    await store.close();
  }
}

/** The step of the tools tree, for commands that have no plan. */
export async function buildTools({ directory, env }: CommandContext): Promise<Step<TreeRef>> {
  const { mirrors } = await readHostFacts({ directory, env });
  return toolsSteps({ mirror: mirrors.main, ...archiveAccess(env) })('build');
}

/** What the inner run will tell again is left to it; here only the making of the tools is news. */
function onlyWork(emit: Listener): Listener {
  return (event) => {
    if (event.type === 'build-started' || event.type === 'step-reused') return;
    if ('step' in event && event.step === 'tools-index' && event.type !== 'step-failed') return;
    emit(event);
  };
}

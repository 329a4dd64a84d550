import { readHostFacts } from '../../src/config/hostFacts.ts';
import type { ToolsTreeName } from '../../src/debian/toolsSpec.ts';
import { runGraph } from '../../src/engine/run.ts';
import { archiveAccess } from '../../src/plan/prepare.ts';
import { toolsSteps } from '../../src/steps/tools.ts';
import { openStore } from '../../src/store/local.ts';
import { runDirectory, sharedStore } from './lb.ts';

/** Host path of the tree of build tools. */
export function openBuildTools(): Promise<string> {
  return openTools('build');
}

/** Host path of a tools tree, from the store named by LIVEWRIGHT_STORE or the one that the run shares. */
export async function openTools(tree: ToolsTreeName): Promise<string> {
  const store = await openStore(process.env['LIVEWRIGHT_STORE'] ?? sharedStore());
  const { mirrors } = await readHostFacts({ directory: runDirectory(), env: process.env });
  const step = toolsSteps({ mirror: mirrors.main, ...archiveAccess(process.env) })(tree);
  const { signal } = new AbortController();
  const { resultOf } = await runGraph({ targets: [step], store, events: { emit: () => {} }, signal });
  return store.treePath(resultOf(step));
}

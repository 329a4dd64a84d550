import { readHostFacts } from '../../src/config/hostFacts.ts';
import { runGraph } from '../../src/engine/run.ts';
import { archiveAccess } from '../../src/plan/prepare.ts';
import { toolsSteps } from '../../src/steps/tools.ts';
import { openStore } from '../../src/store/local.ts';
import { runDirectory, sharedStore } from './lb.ts';

/** Host path of the tree of build tools, from the store named by LIVEWRIGHT_STORE or the one that the run shares. */
export async function openBuildTools(): Promise<string> {
  const store = await openStore(process.env['LIVEWRIGHT_STORE'] ?? sharedStore());
  const { mirrors } = await readHostFacts({ directory: runDirectory(), env: process.env });
  const step = toolsSteps({ mirror: mirrors.main, ...archiveAccess(process.env) })('build');
  const { signal } = new AbortController();
  const { resultOf } = await runGraph({ targets: [step], store, events: { emit: () => {} }, signal });
  return store.treePath(resultOf(step));
}

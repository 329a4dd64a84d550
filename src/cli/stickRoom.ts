import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readHostFacts } from '../config/hostFacts.ts';
import { runGraph } from '../engine/run.ts';
import { archiveAccess } from '../plan/prepare.ts';
import { createSandbox } from '../sandbox/run.ts';
import { toolsSteps } from '../steps/tools.ts';
import { defaultStoreDirectory } from '../store/layout.ts';
import { openStore } from '../store/local.ts';
import type { StickTools } from '../usb/stickTools.ts';
import type { CommandContext } from './context.ts';
import { withRootPowers } from './namespace.ts';

/**
 * Fetches the tools tree `stick` where needed and calls `use` with its programs. An ordinary user does all this in a user
 * namespace, in which the command line is run again; its exit code comes back. Call it before the user is asked anything.
 */
export async function withStickTools(
  context: CommandContext,
  use: (tools: StickTools) => Promise<number>,
): Promise<number> {
  const { directory, env, events, signal } = context;
  const { mirrors } = await readHostFacts({ directory, env });
  const target = toolsSteps({ mirror: mirrors.main, ...archiveAccess(env) })('stick');
  const entered = await withRootPowers(context, target);
  if (entered !== undefined) return entered;
  const store = await openStore(defaultStoreDirectory(env));
  const scratch = await mkdtemp(join(tmpdir(), 'lw-stick-'));
  try {
    const { resultOf } = await runGraph({ targets: [target], store, events: { emit: events.emit }, signal });
    const { runTool } = createSandbox(await store.treePath(resultOf(target)));
    const step = 'prepare';
    return await use({
      run: runTool,
      scratch,
      signal,
      onLine: (line) => events.emit({ type: 'step-output', step, line }),
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await store.close();
  }
}

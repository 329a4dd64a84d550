import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../engine/step.ts';
import type { Sandbox } from '../sandbox/run.ts';
import { type Looks, readLooks } from '../sandbox/trace/looks.ts';
import type { RunProgram } from '../sandbox/types.ts';

export interface Watcher {
  /** Runs a program and notes what it looks at. */
  readonly run: RunProgram;
  /** What all of them looked at; undefined where it cannot be known. */
  readonly looks: () => Promise<readonly Looks[] | undefined>;
}

/** Where programs cannot be watched (Yama's ptrace_scope 3, a container without ptrace) they run unwatched. */
export async function createWatcher(
  sandbox: Sandbox,
  context: StepContext,
  onOneProcessor: boolean,
): Promise<Watcher | undefined> {
  const logOf = (number: number): string => join(context.scratch, `calls-${number}.log`);
  if (!(await canWatch(sandbox, logOf(0)))) {
    context.log('Programs cannot be watched here (ptrace): what this step looks at stays unknown.');
    return undefined;
  }
  const runs: { readonly log: string; readonly cwd: string }[] = [];
  return {
    run: (program) => {
      const log = logOf(runs.length + 1);
      runs.push({ log, cwd: program.cwd ?? '/' });
      return sandbox.run({ ...program, watch: { log, onOneProcessor } });
    },
    looks: async () => {
      const all: Looks[] = [];
      for (const { log, cwd } of runs) {
        const looks = readLooks(await readFile(log, 'utf8'), cwd);
        await rm(log);
        if ('reason' in looks) {
          context.log(`What this step looks at stays unknown: ${looks.reason}.`);
          return undefined;
        }
        all.push(looks);
      }
      return all;
    },
  };
}

/** One sandbox is used for a whole build. */
const probed = new Map<string, Promise<boolean>>();

function canWatch(sandbox: Sandbox, log: string): Promise<boolean> {
  const known = probed.get(sandbox.toolsTree) ?? probe(sandbox, log);
  probed.set(sandbox.toolsTree, known);
  return known;
}

async function probe(sandbox: Sandbox, log: string): Promise<boolean> {
  try {
    await sandbox.runTool({ argv: ['true'], watch: { log, onOneProcessor: true } });
    return !('reason' in readLooks(await readFile(log, 'utf8'), '/'));
  } catch {
    return false;
  }
}

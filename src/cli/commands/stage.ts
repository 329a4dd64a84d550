import { prepareBuild } from '../../plan/prepare.ts';
import { sliceOf } from '../../plan/stages.ts';
import type { CommandContext, RunCommand } from '../context.ts';
import { leaveRoot } from '../leaveRoot.ts';
import { hasTerminal } from '../phases.ts';
import { runBuild } from '../runBuild.ts';
import { readVersion } from '../version.ts';
import { readJobs } from './build.ts';

/** `lb chroot`, `lb chroot_hooks`: the part of a build that live-build's command of this name is. */
export function stageCommand(command: string): RunCommand {
  return (context) => runStage(command, context);
}

async function runStage(command: string, context: CommandContext): Promise<number> {
  const { directory, env, events, options, positionals: words } = context;
  const jobs = readJobs(options['jobs']);
  const isAttended = hasTerminal(context);
  const prepared = await prepareBuild({ directory, env, version: readVersion(), isAttended });
  const { plan, config } = prepared;
  const { targets, reason, stageFiles } = sliceOf({ command, words, plan, values: config.values });
  if (targets.length === 0) {
    events.emit({ type: 'note', message: `lb ${command}: ${reason}` });
    return 0;
  }
  const names = targets.map(({ name }) => name);
  const shown = names.length > 3 ? `${names.slice(0, 2).join(', ')} ... ${names.at(-1)}` : names.join(', ');
  return runBuild(context, {
    ...{ prepared, jobs, targets, stageFiles, note: `lb ${command} is the build as far as: ${shown}.` },
    ...(options['extract'] === true && { finish: (outcome, store) => leaveRoot({ context, plan, outcome, store }) }),
  });
}

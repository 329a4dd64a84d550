import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runConfigCommand } from '../../config/command.ts';
import type { CommandContext } from '../context.ts';
import { findCommand } from '../findCommand.ts';
import { readVersion } from '../version.ts';
import { showHelp } from './help.ts';

/** `lb config`: writes the `config/` tree. Its words are read by `config/`, whose table of options they come from. */
export async function run({ directory, argv, env, stdout, events }: CommandContext): Promise<number> {
  const isNew = !existsSync(join(directory, 'config'));
  const outcome = await runConfigCommand({
    directory,
    // auto/config is the business of dispatch, for all commands alike.
    argv: ['noauto', ...argv],
    env,
    stdout: (text) => void stdout.write(text),
  });
  for (const warning of outcome.warnings) events.emit({ type: 'warning', ...warning });
  if (outcome.kind === 'help' || outcome.kind === 'usage') await showHelp(findCommand('config'), stdout);
  if (outcome.kind === 'version') stdout.write(`${readVersion()}\n`);
  if (outcome.kind === 'written' && isNew) {
    const { distribution, architecture } = outcome.config.values;
    events.emit({ type: 'note', message: `Made config/ for ${distribution} (${architecture}).` });
  }
  return 0;
}

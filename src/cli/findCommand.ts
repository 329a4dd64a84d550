import { nearest } from '../config/nearest.ts';
import { LivewrightError } from '../errors.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { plumbingCommands } from './groups/stages.ts';

/** The command called `name`. Throws COMMAND_UNKNOWN with the nearest name. */
export function findCommand(name: string): Command {
  const all = [...commands, ...plumbingCommands];
  const command = all.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const meant = nearest(
    name,
    all.map((candidate) => candidate.name),
  );
  throw new LivewrightError('COMMAND_UNKNOWN', {
    message: `There is no command "${name}".`,
    hint: meant === undefined ? '"lb help" lists the commands.' : `Did you mean "${meant}"?`,
    data: { command: name, ...(meant === undefined ? {} : { nearest: meant }) },
  });
}

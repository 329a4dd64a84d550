import { nearest } from '../config/nearest.ts';
import { LivewrightError } from '../errors.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';

/** The command called `name`. Throws COMMAND_UNKNOWN with the nearest name. */
export function findCommand(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const meant = nearest(
    name,
    commands.map((candidate) => candidate.name),
  );
  throw new LivewrightError('COMMAND_UNKNOWN', {
    message: `There is no command "${name}".`,
    hint: adviseOn(name, meant),
    data: { command: name, ...(meant === undefined ? {} : { nearest: meant }) },
  });
}

// live-build's stages (`lb chroot`) and the parts of them (`lb chroot_hooks`), which drivers sometimes call one by one.
const stage = /^(bootstrap|chroot|installer|binary|source)(_|$)/;

function adviseOn(name: string, meant: string | undefined): string {
  if (stage.test(name)) return 'Run "lb build": it runs every stage and does again only what has changed.';
  return meant === undefined ? '"lb help" lists the commands.' : `Did you mean "${meant}"?`;
}

import type { Command } from '../command.ts';
import { commands } from '../commands.ts';
import type { CommandContext } from '../context.ts';
import { findCommand } from '../findCommand.ts';
import { renderHelp, renderUsage } from '../help.ts';
import type { Output } from '../reporters/reporter.ts';
import { helpWidth } from '../wrap.ts';

/** `lb help [COMMAND]` */
export async function run({ positionals, stdout }: CommandContext): Promise<number> {
  const [name] = positionals;
  if (name === undefined) stdout.write(renderUsage(commands, helpWidth(stdout.columns)));
  else await showHelp(findCommand(name), stdout);
  return 0;
}

export async function showHelp(command: Command, stdout: Output): Promise<void> {
  const loaded = (await command.loadOptions?.()) ?? [];
  stdout.write(renderHelp(command, [...command.options, ...loaded], helpWidth(stdout.columns)));
}

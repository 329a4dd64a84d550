import type { Command } from './command.ts';
import { buildCommands } from './groups/build.ts';
import { lookCommands } from './groups/look.ts';
import { stageCommands } from './groups/stages.ts';
import { tryCommands } from './groups/try.ts';

/** Every command, in the order of help. Dispatch, help, completion and man pages are made from this table. */
export const commands: readonly Command[] = [...buildCommands, ...stageCommands, ...tryCommands, ...lookCommands];

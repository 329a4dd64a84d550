import { commands } from '../../dist/cli/commands.js';
import { globalRows } from '../../dist/cli/globalFlags.js';
import { optionNames, rowOf } from '../../dist/config/options.js';

/** What a value is, where it cannot be listed. */
const kinds = { FILE: 'file', PATH: 'file', SCRIPT: 'file', IMAGE: 'file', DIR: 'directory' };

const rowByName = new Map(optionNames.map((name) => [rowOf(name).long, rowOf(name)]));

/** Every command with all of its options, and of each option the values there are: what man pages and completion are made of. */
export async function commandTable() {
  return Promise.all(
    commands.filter(isListed).map(async (command) => {
      const own = (await command.loadOptions?.()) ?? command.options;
      const names = new Set(own.flatMap(({ long, short }) => [long, short]));
      const flags = globalRows.filter(
        ({ long, short }) => !names.has(long) && (short === undefined || !names.has(short)),
      );
      const options = own.map((option) => describe(option, command.name));
      return { ...command, options, flags: flags.map((flag) => describe(flag)) };
    }),
  );
}

// Parts of stages are called by their names in scripts, and nobody types them.
const isListed = ({ group }) => group !== 'Parts';

export const globalFlags = globalRows.map((flag) => describe(flag));

function describe(option, command) {
  const row = command === 'config' ? rowByName.get(option.long) : undefined;
  const choices = row?.type.choices ?? [];
  return {
    ...option,
    names: [
      ...(option.short === undefined ? [] : [`-${option.short}`]),
      ...(option.long === undefined ? [] : [`--${option.long}`]),
      ...(row?.aliases ?? []).map((alias) => `--${alias}`),
    ],
    choices: option.argument === 'none' ? [] : choices.filter((choice) => choice !== ''),
    isList: row?.type.isList === true,
    kind: kinds[option.placeholder?.replace(/\[.*/, '')],
    row,
  };
}

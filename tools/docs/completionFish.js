const note = '# Made by tools/gen-docs.js: change the tables in src/, then run that.\n';

/** For fish 3 and later: a file of /usr/share/fish/vendor_completions.d. */
export function renderFish(table, globalFlags) {
  const names = table.map(({ name }) => name).join(' ');
  const isFirst = `not __fish_seen_subcommand_from ${names}`;
  const commands = table.map(({ name, summary }) => line(isFirst, `-f -a ${name} -d ${quote(summary)}`));
  const flags = globalFlags.map((flag) => optionLine(isFirst, flag));
  const options = table.flatMap((command) => {
    const isThis = `__fish_seen_subcommand_from ${command.name}`;
    const words = command.name === 'help' ? [line(isThis, `-f -a ${quote(names)}`)] : [];
    const noFiles = command.operands === undefined ? [line(isThis, '-f')] : [];
    return [
      ...noFiles,
      ...words,
      ...[...command.options, ...command.flags].map((option) => optionLine(isThis, option)),
    ];
  });
  return `# Completion of lb for fish: source share/completion/lb.fish\n${note}\n${[...commands, ...flags, ...options].join('\n')}\n`;
}

function line(condition, rest) {
  return `complete -c lb -n ${quote(condition)} ${rest}`;
}

function optionLine(condition, option) {
  const names = option.names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return line(condition, [...names, valueWords(option), `-d ${quote(option.help)}`].filter(Boolean).join(' '));
}

function valueWords({ argument, choices, isList, kind }) {
  if (argument !== 'required') return '';
  if (choices.length === 0)
    return kind === undefined ? '-x' : kind === 'directory' ? "-x -a '(__fish_complete_directories)'" : '-r -F';
  return isList ? `-x -a ${quote(`(__fish_append , ${choices.join(' ')})`)}` : `-x -a ${quote(choices.join(' '))}`;
}

function quote(text) {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

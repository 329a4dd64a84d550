const note = '# Made by tools/gen-docs.js: change the tables in src/, then run that.\n';

/** For compinit: a file `_lb` in a directory of $fpath. */
export function renderZsh(table, globalFlags) {
  const names = table.map(({ name, summary }) => quote(`${name}:${summary.replaceAll(':', '\\:')}`));
  const cases = table.map(
    ({ name, options, flags, operands }) => `\t\t${name})
			_arguments -s -S \\
${[...options, ...flags]
  .flatMap(specs)
  .map((spec) => `\t\t\t\t${spec}`)
  .join(' \\\n')}${operandSpec(name, operands)}
			;;`,
  );
  return `#compdef lb livewright
# Completion of lb for zsh: fpath=(.../share/completion $fpath), before compinit
${note}
_lb_commands() {
	local -a commands=(
${names.map((word) => `\t\t${word}`).join('\n')}
	)
	_describe -t commands command commands
}

_lb() {
	local curcontext=$curcontext state line
	_arguments -C \\
${globalFlags
  .flatMap(specs)
  .map((spec) => `\t\t${spec}`)
  .join(' \\\n')} \\
		'1:command:_lb_commands' \\
		'*::word:->words'
	[[ $state == words ]] || return
	curcontext=\${curcontext%:*:*}:lb-$words[1]:
	case $words[1] in
${cases.join('\n')}
	esac
}

_lb "$@"
`;
}

function operandSpec(name, operands) {
  if (name === 'help') return " \\\n\t\t\t\t'1:command:_lb_commands'";
  return operands === undefined ? '' : " \\\n\t\t\t\t'*:file:_files'";
}

/** One spec for each name: \`'--name=[help]:VALUE:(words)'\`. */
function specs(option) {
  const { names, argument, help } = option;
  const text = `[${help.replaceAll(/[[\]\\:]/g, '\\$&')}]`;
  const excluded = names.length > 1 ? `(${names.join(' ')})` : '';
  return names.map((name) => quote(`${excluded}${name}${joiner(name, argument)}${text}${valueSpec(option)}`));
}

function joiner(name, argument) {
  if (argument === 'none') return '';
  if (argument === 'optional') return '=-';
  return name.startsWith('--') ? '=' : '+';
}

function valueSpec({ argument, placeholder = 'VALUE', choices, isList, kind }) {
  if (argument === 'none') return '';
  const colons = argument === 'optional' ? '::' : ':';
  const message = placeholder.replaceAll(/[[\]\\:]/g, '\\$&');
  return `${colons}${message}:${action({ choices, isList, kind })}`;
}

function action({ choices, isList, kind }) {
  if (choices.length > 0) return isList ? `_values -s , word ${choices.join(' ')}` : `(${choices.join(' ')})`;
  if (kind === undefined) return ' ';
  return kind === 'directory' ? '_files -/' : '_files';
}

function quote(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

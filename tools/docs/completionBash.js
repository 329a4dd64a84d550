const note = '# Made by tools/gen-docs.js: change the tables in src/, then run that.\n';

/** For bash 4 and later, with the package bash-completion or without. */
export function renderBash(table, globalFlags) {
  const names = table.map(({ name }) => name).join(' ');
  return `# Completion of lb for bash: . share/completion/lb.bash
${note}
# The words that may follow an option of a command; @file and @directory stand for names of files, @list before words for a list of them.
_lb_values() {
	case "$1 $2" in
${table.flatMap(valueCases).join('\n')}
	*) return 1 ;;
	esac
}

_lb_options() {
	case "$1" in
${table.map(optionCase).join('\n')}
	*) echo "${globalFlags.flatMap((flag) => flag.names).join(' ')}" ;;
	esac
}

# What a command takes besides options.
_lb_operands() {
	case "$1" in
	${table
    .filter(({ operands }) => operands !== undefined)
    .map(({ name }) => name)
    .join(' | ')}) echo @file ;;
	esac
}

_lb_complete_files() {
	compopt -o filenames 2>/dev/null
	if [[ $1 == @directory ]]; then
		mapfile -t COMPREPLY < <(compgen -d -- "$2")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$2")
	fi
}

_lb() {
	local current=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD-1]} command= values i
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ \${COMP_WORDS[i]} == -* ]] && continue
		command=\${COMP_WORDS[i]}
		break
	done
	# "--name=value" comes as three words.
	if [[ $current == = ]]; then
		current=
	elif [[ $option == = ]]; then
		option=\${COMP_WORDS[COMP_CWORD-2]}
	fi
	if [[ -z $command ]]; then
		values="${names} $(_lb_options '')"
	elif [[ $command == help ]]; then
		values="${names}"
	elif [[ $option == -* ]] && values=$(_lb_values "$command" "$option"); then
		:
	elif [[ $current == -* ]]; then
		values=$(_lb_options "$command")
	else
		values=$(_lb_operands "$command")
	fi
	case "$values" in
	@file | @directory)
		_lb_complete_files "$values" "$current"
		;;
	@list*)
		local before=
		[[ $current == *,* ]] && before=\${current%,*},
		mapfile -t COMPREPLY < <(compgen -P "$before" -W "\${values#@list}" -- "\${current##*,}")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
		;;
	esac
}

complete -F _lb lb livewright
`;
}

function optionCase({ name, options, flags }) {
  const words = [...options, ...flags].flatMap((option) => option.names);
  return `\t${name}) echo "${words.join(' ')}" ;;`;
}

/** One case for all options of a command that take the same words. */
function valueCases({ name, options }) {
  const byWords = new Map();
  for (const option of options.filter(({ argument }) => argument === 'required')) {
    const words = wordsOf(option);
    byWords.set(words, [...(byWords.get(words) ?? []), ...option.names]);
  }
  return [...byWords].map(
    ([words, names]) => `\t${names.map((option) => `"${name} ${option}"`).join(' | ')}) echo "${words}" ;;`,
  );
}

function wordsOf({ choices, isList, kind }) {
  if (choices.length > 0) return `${isList ? '@list ' : ''}${choices.join(' ')}`;
  return kind === undefined ? '' : `@${kind}`;
}

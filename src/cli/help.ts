import type { Command, CommandOption } from './command.ts';
import { globalRows } from './globalFlags.ts';
import { wrapText } from './wrap.ts';

const lead = 'Livewright builds Debian live systems: once, as an ordinary user, with the same bytes every time.';

/** What `lb` says when it is asked for nothing in particular. */
export function renderUsage(commands: readonly Command[], width: number): string {
  const groups = [...new Set(commands.map(({ group }) => group))];
  const lists = groups.map((group) => {
    const rows = commands.filter((command) => command.group === group);
    return section(
      group,
      rows.map(({ name, operands, summary }): Row => [[name, operands].filter(Boolean).join(' '), summary]),
      width,
    );
  });
  return [
    `Usage: lb [FLAGS] COMMAND [OPTIONS]\n\n${wrapText(lead, width).join('\n')}\n`,
    ...lists,
    section('Flags', globalRows.map(optionRow), width),
    '"lb help COMMAND" tells more of a command.\n',
  ].join('\n');
}

/** The help of one command. `options` are all of its own, those that are loaded late included. */
export function renderHelp(command: Command, options: readonly CommandOption[], width: number): string {
  const { name, operands, summary, untouched, examples } = command;
  const usage = ['Usage: lb', name, ...(options.length > 0 ? ['[OPTIONS]'] : []), ...(operands ? [operands] : [])].join(
    ' ',
  );
  const groups = [...new Set(options.map(groupOf))];
  const lists = groups.map((group) =>
    section(group, options.filter((option) => groupOf(option) === group).map(optionRow), width),
  );
  const own = new Set(options.map(({ long }) => long));
  const flags = globalRows.flatMap(({ long }) => (own.has(long) ? [] : [`--${long}`]));
  return [
    `${usage}\n`,
    `${wrapText(summary, width).join('\n')}\n${wrapText(untouched, width).join('\n')}\n`,
    ...lists,
    `${wrapText(`Flags of every command ("lb help" explains them): ${flags.join(' ')}`, width).join('\n')}\n`,
    section(
      'Examples',
      examples.map(({ command: line, text }): Row => [line, text]),
      width,
    ),
  ].join('\n');
}

function groupOf({ group }: CommandOption): string {
  return group ?? 'Options';
}

type Row = readonly [term: string, text: string];

function optionRow({ long, short, argument, placeholder, help }: CommandOption): Row {
  const value = placeholder === undefined ? '' : argument === 'optional' ? `[=${placeholder}]` : ` ${placeholder}`;
  const shortName = short === undefined ? '    ' : `-${short}, `;
  return [long === undefined ? `-${short}${value}` : `${shortName}--${long}${value}`, help];
}

// Terms longer than this get a row of their own, so that one long option does not push all texts to the right.
const widestTerm = 28;

function section(title: string, rows: readonly Row[], width: number): string {
  if (rows.length === 0) return '';
  const terms = rows.map(([term]) => term.length).filter((length) => length <= widestTerm);
  const indent = 2 + Math.max(8, ...terms) + 2;
  return `${title}:\n${rows.map((row) => entry(row, indent, width)).join('')}`;
}

function entry([term, text]: Row, indent: number, width: number): string {
  const lines = wrapText(text, Math.max(20, width - indent));
  const blank = ' '.repeat(indent);
  const isLong = term.length > indent - 4;
  const first = isLong ? `  ${term}\n${blank}${lines[0]}` : `  ${term}`.padEnd(indent) + (lines[0] ?? '');
  return [first, ...lines.slice(1).map((line) => blank + line)].map((line) => `${line}\n`).join('');
}

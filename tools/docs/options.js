import { obsoleteOptions } from '../../dist/config/options/obsolete.js';
import { optionNames, rowOf } from '../../dist/config/options.js';
import { code, table } from './markdown.js';

const lead = `# Options of \`lb config\`

Each is given to \`lb config\`, kept as a variable in a file below \`config/\`, and may also come from the environment as that
variable. Names may be shortened as long as they are unique. Where the default names another option, it moves with that one.

*This version* says what a build does with the option: **yes**, it acts on it; **only** these values, others are refused; **refused**
if it is set to anything but its default; **ignored** with a warning, because the image is the same or the option is for
something that is not built.
`;

export function renderOptions() {
  const rows = optionNames.map(rowOf);
  const acted = rows.filter(({ honoured }) => honoured).length;
  const groups = [...new Set(rows.map(({ group }) => group))];
  const sections = groups.map((group) => {
    const cells = rows.filter((row) => row.group === group).map(optionCells);
    return `\n## ${group}\n${table(['Option', 'Meaning', 'Default', 'Variable, file', 'This version'], cells)}`;
  });
  const total = `\nThere are ${rows.length}; this version acts on ${acted}.\n`;
  return lead + total + sections.join('') + renderObsolete();
}

function optionCells(row) {
  return [spellNames(row), describe(row), describeDefault(row), describePlace(row), describeSupport(row)];
}

function spellNames({ long, short, aliases = [], placeholder }) {
  if (long === undefined) return '(variable only)';
  const value = placeholder === undefined ? '' : ` ${placeholder}`;
  const names = [
    ...(short === undefined ? [] : [`-${short}`]),
    `--${long}${value}`,
    ...aliases.map((name) => `--${name}`),
  ];
  return names.map(code).join(', ');
}

function describe({ help, type, placeholder }) {
  // "true|false" stands in the option's own cell.
  const hasChoices = type.choices !== undefined && placeholder !== type.choices.join('|') && placeholder !== undefined;
  return hasChoices ? `${help} One of ${type.choices.map(code).join(', ')}.` : help;
}

function describeDefault(row) {
  if ('derivedFrom' in row) return row.derivedFrom;
  return code(row.type.format(row.default)) || 'none';
}

function describePlace({ variable, oldVariables = [], file, commented }) {
  const old = oldVariables.length === 0 ? '' : ` (earlier ${oldVariables.map(code).join(', ')})`;
  const where = file === 'none' ? 'not kept' : `\`config/${file}\`${commented ? ', as a comment' : ''}`;
  return `${code(variable)}${old}, ${where}`;
}

function describeSupport({ honoured, harmless, supportedValues }) {
  if (supportedValues !== undefined) return `only ${supportedValues.map((value) => code(value) || 'empty').join(', ')}`;
  if (honoured) return 'yes';
  return harmless ? 'ignored' : 'refused';
}

function renderObsolete() {
  const rows = obsoleteOptions.map(({ long, short, obsolete }) => [
    [...(short === undefined ? [] : [`-${short}`]), `--${long}`].map(code).join(', '),
    obsolete.replace('does nothing any more: ', ''),
  ]);
  const says =
    'Options of live-helper 1.0 to live-build 5, accepted with a warning. Those that are another option today set that.';
  return `\n## Obsolete\n${says}\n\n${table(['Option', 'Today'], rows)}`;
}

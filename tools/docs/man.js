import { readFileSync } from 'node:fs';
import { obsoleteOptions } from '../../dist/config/options/obsolete.js';
import { commandTable, globalFlags } from './commandTable.js';
import { bold, entry, escapeText, italic, section, text } from './roff.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** The manual pages, by file name: `lb.1`, and `lb_COMMAND.1` as live-build calls them. */
export async function renderManual() {
  const table = await commandTable();
  const pages = table.map((command) => [`lb_${command.name}.1`, commandPage(command, table)]);
  return Object.fromEntries([['lb.1', mainPage(table)], ...pages]);
}

function page(name, summary, sections) {
  const note = '.\\" Made by tools/gen-docs.js: change the tables in src/, then run that.';
  const title = `.TH ${name.toUpperCase()} 1 "" "Livewright ${version}" "Livewright"`;
  const head = [...section('NAME', [`${escapeText(name)} \\- ${escapeText(firstDown(summary))}`])];
  return `${[note, title, ...head, ...sections].join('\n')}\n`;
}

const firstDown = (sentence) => sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');

function mainPage(table) {
  const list = table.map(({ name, operands, summary }) =>
    entry([bold(name), ...(operands ? [italic(operands)] : [])].join(' '), [
      text(summary),
      `See ${bold(`lb_${name}`)}(1).`,
    ]),
  );
  return page('lb', 'Build Debian live systems', [
    ...section('SYNOPSIS', [`${bold('lb')} [${italic('FLAGS')}] ${italic('COMMAND')} [${italic('OPTIONS')}]`]),
    ...section('DESCRIPTION', [
      text('Livewright builds Debian live systems: once, as an ordinary user, with the same bytes every time.'),
      text('Its commands, options and configuration trees are those of live-build.'),
    ]),
    ...section('COMMANDS', list),
    ...section('FLAGS', [text('Before or after the command:'), ...globalFlags.map(optionEntry)]),
    ...section(
      'FILES',
      files.map(([path, says]) => entry(italic(path), [text(says)])),
    ),
    ...section(
      'ENVIRONMENT',
      environment.map(([name, says]) => entry(bold(name), [text(says)])),
    ),
    ...section(
      'EXIT STATUS',
      exitCodes.map(([code, says]) => entry(code, [text(says)])),
    ),
    ...section('SEE ALSO', [seeAlso(table.map(({ name }) => `lb_${name}`))]),
  ]);
}

function commandPage(command, table) {
  const { name, operands, summary, untouched, hasAutoScript, options, flags, examples } = command;
  const words = [...(options.length > 0 ? [`[${italic('OPTIONS')}]`] : []), ...(operands ? [italic(operands)] : [])];
  const auto = `Where there is an executable auto/${name}, that runs in its place; "lb ${name} noauto" passes it by.`;
  return page(`lb_${name}`, summary, [
    ...section('SYNOPSIS', [[bold('lb'), bold(name), ...words].join(' ')]),
    ...section('DESCRIPTION', [text(untouched), ...(hasAutoScript ? ['.PP', text(auto)] : [])]),
    ...section('OPTIONS', groupEntries(options)),
    ...(name === 'config' ? obsoleteSection() : []),
    ...section('FLAGS', [text('Of every command:'), ...flags.map(optionEntry)]),
    ...section(
      'EXAMPLES',
      examples.map(({ command: line, text: says }) => entry(bold(line), [text(says)])),
    ),
    ...section('SEE ALSO', [
      seeAlso(['lb', ...table.map((other) => `lb_${other.name}`).filter((other) => other !== `lb_${name}`)]),
    ]),
  ]);
}

function groupEntries(options) {
  const groups = [...new Set(options.map(({ group }) => group ?? 'Options'))];
  return groups.flatMap((group) => [
    ...(groups.length > 1 ? [`.SS ${escapeText(group)}`] : []),
    ...options.filter((option) => (option.group ?? 'Options') === group).map(optionEntry),
  ]);
}

function optionEntry({ names, argument, placeholder, help, choices, row }) {
  const value = argument === 'none' || placeholder === undefined ? '' : italic(placeholder);
  const spell = (name) => {
    if (value === '') return bold(name);
    if (argument === 'optional') return `${bold(name)}[=${value}]`;
    return name.startsWith('--') ? `${bold(name)}=${value}` : `${bold(name)} ${value}`;
  };
  const isShown = choices.length > 0 && placeholder !== choices.join('|');
  const kept = row === undefined ? [] : [keptIn(row)];
  const values = isShown ? [`${row?.type.isList ? 'Some of' : 'One of'} ${choices.map(bold).join(', ')}.`] : [];
  return entry(names.map(spell).join(', '), [text(help), ...values, ...kept]);
}

function keptIn({ variable, file, commented }) {
  if (file === 'none') return `Variable ${bold(variable)}, not kept.`;
  return `Kept as ${bold(variable)} in ${italic(`config/${file}`)}${commented ? ', as a comment' : ''}.`;
}

function obsoleteSection() {
  return section('OPTIONS OF EARLIER DAYS', [
    text('These are accepted with a warning; those that are another option today set that.'),
    ...obsoleteOptions.map(({ long, short, obsolete }) =>
      entry(
        [
          ...(short === undefined ? [] : [`${bold(`-${short}`)} ${italic('VALUE')}`]),
          `${bold(`--${long}`)}=${italic('VALUE')}`,
        ].join(', '),
        [text(`${obsolete.charAt(0).toUpperCase()}${obsolete.slice(1)}.`)],
      ),
    ),
  ]);
}

const seeAlso = (names) => names.map((name) => `${bold(name)}(1)`).join(', ');

const files = [
  ['config/', 'The configuration: option files, package lists, hooks, files to include.'],
  ['auto/config, auto/build, auto/clean', 'Scripts that run in place of a command, and call it with more options.'],
  ['config/environment, config/environment.binary', 'Variables for every lb in this directory.'],
  ['/etc/live/build.conf, /etc/live/build/*', 'Options that lb config begins with, on all of a machine.'],
  ['live-image-ARCH.hybrid.iso and the like', 'What a build makes, in the directory in which it was started.'],
  ['.build/livewright/', 'Logs, and what builds remember.'],
];

const environment = [
  [
    'LIVEWRIGHT_STORE',
    'The directory in which results are kept; default: livewright in XDG_CACHE_HOME, or in ~/.cache.',
  ],
  ['SOURCE_DATE_EPOCH', 'The time that no file of an image is later than; default: the date of the archive.'],
  [
    'LB_...',
    'A variable of an option, as lb_config(1) names them; it counts where no file and no word of the command line sets it.',
  ],
  ['LB_CONFIG', 'Option files to read instead of those of config/, separated by blanks.'],
  ['http_proxy, https_proxy, no_proxy', 'Proxies for downloads.'],
  ['NO_COLOR', 'No colours.'],
];

const exitCodes = [
  ['0', 'Done.'],
  ['1', 'It went wrong on the way; the same may work later or elsewhere.'],
  ['2', 'What was given cannot be right: the command line, config/ or auto/.'],
  ['128 + N', 'Signal N came a second time.'],
];

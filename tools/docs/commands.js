import { commands } from '../../dist/cli/commands.js';
import { renderHelp, renderUsage } from '../../dist/cli/help.js';
import { configSwitches } from '../../dist/config/options/switches.js';
import { block } from './markdown.js';

const width = 100;

export async function renderCommands() {
  const sections = commands.map((command) => `\n## lb ${command.name}\n${block(helpOf(command))}${noteOf(command)}`);
  return `# Commands\n\nWhat \`lb help\` and \`lb help COMMAND\` say.\n\n${block(renderUsage(commands, width))}${sections.join('')}`;
}

/** The options of `lb config` have a page of their own. */
function helpOf(command) {
  return renderHelp(command, command.loadOptions === undefined ? command.options : configSwitches, width);
}

function noteOf({ name, hasAutoScript, loadOptions }) {
  const notes = [
    ...(loadOptions === undefined ? [] : ['All that can be configured stands in [options.md](options.md).']),
    ...(hasAutoScript
      ? [`Where there is an executable \`auto/${name}\`, that runs in its place; \`lb ${name} noauto\` passes it by.`]
      : []),
  ];
  return notes.length === 0 ? '' : `\n${notes.join(' ')}\n`;
}

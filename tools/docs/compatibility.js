import { configSwitches } from '../../dist/config/options/switches.js';
import { optionNames, rowOf } from '../../dist/config/options.js';
import { code, table } from './markdown.js';
import { better, isOwn, notDone } from './verdicts.js';

const lead = `# Every option of live-build, and what becomes of it here

**same**: as in live-build. **better**: as in live-build, and more. **partly**: some values are refused, or built as another with a warning. **not done**: refused where it is set,
or ignored with a warning where the image is the same without. **new**: not in live-build. How \`lb config\` writes them, compared run by run, is
in [differences.md](../differences.md); what each means in [options.md](options.md).
`;

export function renderCompatibility() {
  const judged = optionNames.map((name) => ({ name, row: rowOf(name), verdict: verdictOf(name) }));
  const groups = [...new Set(judged.map(({ row }) => row.group))];
  const sections = groups.map((group) => {
    const cells = judged.filter(({ row }) => row.group === group).map(cellsOf);
    return `\n## ${group}\n${table(['Option', 'Here', 'What is better, or why not'], cells)}`;
  });
  const verdicts = ['same', 'better', 'partly', 'not done', 'new'];
  const counts = verdicts.map((verdict) => `${judged.filter((found) => found.verdict === verdict).length} ${verdict}`);
  return `${lead}\n${judged.length} options: ${counts.join(', ')}.\n${sections.join('')}${renderSwitches()}`;
}

/** What stands in \`verdicts.js\` and is not true any more. */
export function findStaleVerdicts() {
  return Object.keys({ ...notDone, ...better }).flatMap((name) => {
    if (!optionNames.includes(name)) return [`there is no option ${name}`];
    return name in notDone && isDone(rowOf(name)) ? [`${name} is done`] : [];
  });
}

const isDone = ({ honoured, supportedValues, builtAs }) =>
  honoured && supportedValues === undefined && builtAs === undefined;

function verdictOf(name) {
  const row = rowOf(name);
  if (isOwn(name)) return 'new';
  if (isDone(row) || (name in better && !(name in notDone))) return name in better ? 'better' : 'same';
  if (!(name in notDone)) throw new Error(`tools/docs/verdicts.js does not say why ${name} is not done`);
  return row.supportedValues === undefined && row.builtAs === undefined ? 'not done' : 'partly';
}

function cellsOf({ name, row, verdict }) {
  const says = [better[name], verdict === 'partly' || verdict === 'not done' ? notDone[name] : undefined];
  return [code(row.long === undefined ? row.variable : `--${row.long}`), verdict, says.filter(Boolean).join(' ')];
}

const switchNotes = {
  config: 'The words that are added to auto/config are quoted as sh needs them.',
  conffile: 'A name without a slash is read too.',
  dump: 'Another layout, with the same in it.',
};

function renderSwitches() {
  const cells = configSwitches.map(({ switch: name, long }) => [
    code(`--${long}`),
    name in switchNotes && name !== 'dump' ? 'better' : 'same',
    switchNotes[name] ?? '',
  ]);
  return `\n## The command itself\n${table(['Option', 'Here', 'What is better'], cells)}`;
}

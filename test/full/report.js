import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readKept } from './kept.js';
import { reasons } from './reasons.js';
import { project } from './sides.js';

/**
 * A list of `lb compat --json`.
 * @typedef {object} Section
 * @property {string} title
 * @property {number} countThere
 * @property {number} countHere
 * @property {string[]} onlyThere
 * @property {string[]} onlyHere
 * @property {{ name: string, there: string, here: string }[]} changed
 * @property {Record<string, string[]>} expected
 */

/** @typedef {{ tree: import('./trees.js').Tree, result: any }} Row */

const file = join(project, 'docs/full-builds.md');

/**
 * Writes docs/full-builds.md of what is known; of trees without a result, what the page says already stays.
 * @param {Row[]} rows
 */
export function writeReport(rows) {
  const compared = rows.flatMap(({ tree, result }) =>
    Object.keys(result)
      .filter((key) => key.startsWith('compat-') && result[key].sections !== undefined)
      .map((key) => ({
        tree,
        result,
        version: key.replace(/^compat-live-build-?/, '') || '20230502',
        sections: result[key].sections,
      })),
  );
  const built = new Set(compared.map(({ tree }) => tree.name));
  const kept = readKept(
    file,
    rows.map(({ tree }) => tree.name).filter((name) => !built.has(name)),
  );
  const text = [
    '# Full builds beside live-build',
    '<!-- Made by `npm run full`; do not edit. -->',
    '',
    'Trees of `test/full/trees/`, after what public ones do, each built by live-build and by Livewright from the same mirror within',
    'minutes, compared by [`lb compat`](compat.md), and ours booted by `lb test`.',
    '',
    '| tree | what it is | live-build | packages | files of the system | boot entries | files of the medium | boots |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.flatMap(({ tree }) => [
      ...compared.filter((row) => row.tree === tree).map(renderRow),
      ...kept.rows.filter(({ name }) => name === tree.name).map(({ line }) => line),
    ]),
    '',
    'A number alone: as many on both sides, and all the same. Everything that differs stands below, with its reason.',
    '',
    '## What differs, and why',
    ...renderReasons(compared),
    ...(kept.reasons.length === 0 ? [] : ['', ...keptIntroduction, ...reasonsHead, ...kept.reasons]),
    '',
  ].join('\n');
  writeFileSync(file, text);
}

const reasonsHead = ['| list | reason | names | trees |', '|---|---|---|---|'];

const keptIntroduction = [
  '### Of trees that were not built again with the others',
  'Of an earlier run; the names are those of all trees that it built.',
  '',
];

/** @param {{ tree: import('./trees.js').Tree, result: any, version: string, sections: Section[] }} row */
function renderRow({ tree, result, version, sections }) {
  const boots = Object.entries(result.boots?.verdicts ?? {}).map(
    ([name, { verdict, outcome }]) => `${name}: ${verdict} (${outcome})`,
  );
  return `| \`${tree.name}\` | ${tree.shows} | ${version} | ${sections.map((section) => renderCounts(section, { version, tree: tree.name })).join(' | ')} | ${boots.join(', ') || 'not booted'} |`;
}

/** @param {Section} section @param {{ version: string, tree: string }} of */
function renderCounts(section, of) {
  const unexplained = differences(section).filter(({ name }) => !reasonOf({ list: section.title, ...of }, name)).length;
  const explained = differences(section).length - unexplained + Object.values(section.expected).flat().length;
  const notes = [
    explained > 0 ? `${explained} differ as stated` : '',
    unexplained > 0 ? `**${unexplained} differ**` : '',
  ];
  return [String(section.countThere), ...notes.filter(Boolean)].join(', ');
}

/** @param {Section} section */
function differences({ onlyThere, onlyHere, changed }) {
  return [
    ...onlyThere.map((name) => ({ name, text: 'only live-build has it' })),
    ...onlyHere.map((name) => ({ name, text: 'only we have it' })),
    ...changed.map(({ name, there, here }) => ({ name, text: `live-build: ${there}; here: ${here}` })),
  ];
}

/** @param {{ list: string, version: string, tree: string }} of @param {string} name */
function reasonOf(of, name) {
  const isOf = (/** @type {string | undefined} */ only, /** @type {string} */ it) => only === undefined || only === it;
  return reasons.find(
    ({ list, names, version, tree }) =>
      list === of.list && names.test(name) && isOf(version, of.version) && isOf(tree, of.tree),
  )?.reason;
}

/** @param {{ tree: import('./trees.js').Tree, version: string, sections: Section[] }[]} compared */
function renderReasons(compared) {
  const found = /** @type {Map<string, { names: Set<string>, trees: Set<string> }>} */ (new Map());
  const add = (/** @type {string} */ key, /** @type {string} */ name, /** @type {string} */ tree) => {
    const entry = found.get(key) ?? { names: new Set(), trees: new Set() };
    // Names of lists tell which mirror it was.
    entry.names.add(name.replace(/^(\/var\/lib\/apt\/lists)\/.*/, '$1/...'));
    entry.trees.add(tree);
    found.set(key, entry);
  };
  for (const { tree, version, sections } of compared) {
    for (const section of sections) {
      for (const [reason, names] of Object.entries(section.expected)) {
        for (const name of names) add(`${section.title} | ${reason}`, name, tree.name);
      }
      for (const { name, text } of differences(section)) {
        const reason = reasonOf({ list: section.title, version, tree: tree.name }, name);
        add(`${section.title} | ${reason ?? `**not explained**: ${text}`}`, name, tree.name);
      }
    }
  }
  const lines = [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { names, trees }]) => {
      const shown = [...names]
        .slice(0, 4)
        .map((name) => `\`${name}\``)
        .join(', ');
      return `| ${key} | ${shown}${names.size > 4 ? ` and ${names.size - 4} more` : ''} | ${[...trees].join(', ')} |`;
    });
  return [...reasonsHead, ...lines];
}

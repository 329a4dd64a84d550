import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codecChoices, nameOf } from './codecList.js';

const page = 'docs/compression.md';
const begin = '<!-- Made by bench/codecs.js of bench/codecs.json -->';
const end = '<!-- End of what is made -->';

/** Writes the table into its place in docs/compression.md. @param {string} project @param {any} results */
export function writeTable(project, results) {
  const path = join(project, page);
  const text = readFileSync(path, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the table, between "${begin}" and "${end}".`);
  writeFileSync(path, `${text.slice(0, from)}${begin}\n${renderTable(results)}\n${text.slice(to)}`);
}

/** @param {any} results @returns {string} */
export function renderTable({ codecs, machine, versions }) {
  const measured = codecChoices.filter((choice) => codecs[nameOf(choice)] !== undefined);
  const smallest = Math.min(...measured.map((choice) => codecs[nameOf(choice)].systemBytes));
  const lines = measured.map((choice) => renderRow(choice, codecs[nameOf(choice)], smallest));
  return `| codec, level | block | system image | | CPU | cold | link | edit | to login | CPU of the boot |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
${lines.join('\n')}

Livewright ${versions.ours}; ${machine.processor}; ${machine.memory}; ${machine.system}; ${machine.fileSystem}.`;
}

/** @param {import('./codecList.js').CodecChoice} choice @param {import('./codecRuns.js').CodecFigures} figures @param {number} smallest */
function renderRow({ type, level, block }, figures, smallest) {
  const { systemBytes, cpuSeconds, compressSeconds, linkSeconds, editSeconds, boots } = figures;
  const cells = [
    `\`${type}\`${level === undefined ? '' : ` ${level}`}`,
    block,
    `${(systemBytes / 1e6).toFixed(1)} MB`,
    `+${((systemBytes / smallest - 1) * 100).toFixed(0)} %`,
    `${cpuSeconds.toFixed(0)} s`,
    `${compressSeconds.toFixed(0)} s`,
    `${linkSeconds.toFixed(1)} s`,
    `${editSeconds.toFixed(1)} s`,
    ...[boots.map(({ loginSeconds }) => loginSeconds), boots.map(({ cpuSeconds }) => cpuSeconds)].map(renderLeast),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Of several boots the one that was disturbed least. @param {number[]} seconds */
function renderLeast(seconds) {
  return seconds.length === 0 ? '' : `${Math.min(...seconds).toFixed(0)} s`;
}

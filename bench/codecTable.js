import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codecChoices, nameOf } from './codecList.js';

const page = 'docs/compression.md';
const begin = (name) => `<!-- ${name}: made by bench/codecs.js of bench/codecs.json -->`;
const end = '<!-- end -->';

/** Writes the tables into their places in docs/compression.md. @param {string} project @param {any} results */
export function writeTables(project, results) {
  const path = join(project, page);
  const tables = { 'Whole builds': renderBuilds(results), 'A sample': renderSample(results) };
  let text = readFileSync(path, 'utf8');
  for (const [name, table] of Object.entries(tables)) {
    const from = text.indexOf(begin(name));
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`${page} has no place for a table, from "${begin(name)}" to "${end}".`);
    text = `${text.slice(0, from)}${begin(name)}\n${table}\n${text.slice(to)}`;
  }
  writeFileSync(path, text);
}

/** @param {any} results */
function renderBuilds({ codecs, machine, versions }) {
  const measured = codecChoices.filter((choice) => codecs[nameOf(choice)] !== undefined);
  const isBooted = measured.some((choice) => codecs[nameOf(choice)].boots.length > 0);
  const ofXz = codecs['xz, 128K']?.systemBytes;
  const lines = measured.map((choice) => {
    const figures = codecs[nameOf(choice)];
    return `| ${[...buildCells(choice, figures, ofXz), ...(isBooted ? bootCells(figures) : [])].join(' | ')} |`;
  });
  return `| codec, level | block | system image | to xz | to mksquashfs | CPU | cold | read | link | edit |${isBooted ? ' to login | CPU of the boot |' : ''}
|---${'|---:'.repeat(isBooted ? 11 : 9)}|
${lines.join('\n')}

Livewright ${versions.ours}; ${machine.processor}; ${machine.memory}; ${machine.system}; ${machine.fileSystem}.`;
}

/** @param {any} results */
function renderSample({ sample }) {
  if (sample === undefined) return '';
  const known = codecChoices.filter((choice) => sample.codecs[nameOf(choice)] !== undefined);
  const lines = known.map((choice) => {
    const { bytes, compressSeconds, readSeconds } = sample.codecs[nameOf(choice)];
    const size = `${(bytes / 1e6).toFixed(2)} MB`;
    const cells = [codecCell(choice), choice.block, size, ratioCell(bytes, sample.codecs['xz, 128K']?.bytes)];
    return `| ${[...cells, `${compressSeconds.toFixed(2)} s`, `${readSeconds.toFixed(2)} s`].join(' | ')} |`;
  });
  return `${(sample.bytes / 1e6).toFixed(1)} MB of files.

| codec, level | block | image | to xz | CPU | read |
|---|---:|---:|---:|---:|---:|
${lines.join('\n')}`;
}

/** @param {import('./codecList.js').CodecChoice} choice */
function codecCell({ type, level }) {
  return `\`${type}\`${level === undefined ? '' : ` ${level}`}`;
}

/** @param {number} bytes @param {number | undefined} ofXz */
function ratioCell(bytes, ofXz) {
  if (ofXz === undefined) return '';
  const percent = (bytes / ofXz - 1) * 100;
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`;
}

/**
 * @param {import('./codecList.js').CodecChoice} choice
 * @param {import('./codecRuns.js').CodecFigures} figures
 * @param {number | undefined} ofXz
 */
function buildCells(choice, figures, ofXz) {
  const { systemBytes, plainBytes, cpuSeconds, compressSeconds, readSeconds, linkSeconds, editSeconds } = figures;
  return [
    codecCell(choice),
    choice.block,
    `${(systemBytes / 1e6).toFixed(1)} MB`,
    ratioCell(systemBytes, ofXz),
    ratioCell(systemBytes, plainBytes),
    `${cpuSeconds.toFixed(0)} s`,
    `${compressSeconds.toFixed(0)} s`,
    `${readSeconds.toFixed(1)} s`,
    `${linkSeconds.toFixed(1)} s`,
    `${editSeconds.toFixed(1)} s`,
  ];
}

/** @param {import('./codecRuns.js').CodecFigures} figures */
function bootCells({ boots }) {
  return [
    renderLeast(boots.map(({ loginSeconds }) => loginSeconds)),
    renderLeast(boots.map(({ cpuSeconds }) => cpuSeconds)),
  ];
}

/** Of several boots the one that was disturbed least. @param {number[]} seconds */
function renderLeast(seconds) {
  return seconds.length === 0 ? '' : `${Math.min(...seconds).toFixed(0)} s`;
}

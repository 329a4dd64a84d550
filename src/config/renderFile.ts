import { adjustments } from './adjust.ts';
import { fileLayout, type StoredFile } from './fileLayout.ts';
import type { LiveConfig } from './load.ts';
import { type OptionName, rowOf } from './options.ts';
import { defaultMark, markNotice } from './settings.ts';
import { quoteShell } from './shellvars.ts';

const headings: Readonly<Record<StoredFile, string>> = {
  common: 'options of all stages',
  bootstrap: 'suites, mirrors and the base system',
  chroot: 'the live system',
  binary: 'the medium and its image',
  source: 'images of the source packages',
};

/** The text of `config/FILE`. live-build's sh reads back exactly the values of `config`. */
export function renderOptionFile(file: StoredFile, config: LiveConfig): string {
  const path = `config/${file}`;
  const others = [...config.otherVariables].filter(([, { place }]) => place.path === path);
  return [
    `# ${path}: ${headings[file]}. Read as shell variables, never run.\n# ${markNotice}\n`,
    ...fileLayout[file].map((name) => renderOption(name, config)),
    ...others.map(([name, { value }]) => `# Not an option\n${name}=${quoteShell(value)}\n`),
  ].join('\n');
}

function renderOption(name: OptionName, config: LiveConfig): string {
  const row = rowOf(name);
  const quoted = quoteShell(row.type.format(config.values[name]));
  const help = `# ${row.help.replace(/\.$/, '')}\n`;
  if (row.commented) return `${help}#${row.variable}=${quoted}\n`;
  const mark = isChosenHere(name, config) || quoted.includes('\n') ? '' : `# ${defaultMark(quoted)}\n`;
  return `${help}${mark}${row.variable}=${quoted}\n`;
}

/** Whether the value is to stay whatever becomes of the others. */
function isChosenHere(name: OptionName, config: LiveConfig): boolean {
  const row = rowOf(name);
  const origin = config.originOf(name);
  const followsOthers = 'derivedFrom' in row ? row.kept !== true : name in adjustments;
  if (origin.kind === 'default') return !followsOthers;
  // What these files say goes on counting from there; a copy of it would count even after they change.
  return origin.kind !== 'override file' && !('place' in origin && origin.place.path === 'config/all');
}

// Writes what is made from the tables that the program itself runs on: docs/reference/, docs/man/ and share/completion/.
//
//   npm run build && node tools/gen-docs.js
//   node tools/gen-docs.js --check      fails if a file is not what it would be now; part of `npm test`
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderCommands } from './docs/commands.js';
import { findStaleVerdicts, renderCompatibility } from './docs/compatibility.js';
import { renderCompletion } from './docs/completion.js';
import { renderErrors } from './docs/errors.js';
import { renderManual } from './docs/man.js';
import { renderOptions } from './docs/options.js';

const root = new URL('../', import.meta.url);
const note = '<!-- Made by tools/gen-docs.js: change the tables in src/, then run that. -->\n';

const pages = {
  'options.md': renderOptions(),
  'commands.md': await renderCommands(),
  'compatibility.md': renderCompatibility(),
  'errors.md': renderErrors(),
};

const directories = {
  'docs/reference/': Object.fromEntries(Object.entries(pages).map(([name, text]) => [name, note + text])),
  'docs/man/': await renderManual(),
  'share/completion/': await renderCompletion(),
};

const wanted = Object.entries(directories).flatMap(([directory, files]) =>
  Object.entries(files).map(([name, text]) => ({ path: directory + name, url: new URL(directory + name, root), text })),
);
const stale = wanted.filter(({ url, text }) => readIfThere(url) !== text);
const left = Object.keys(directories).flatMap((directory) =>
  listIfThere(new URL(directory, root))
    .map((name) => directory + name)
    .filter((path) => !wanted.some((file) => file.path === path)),
);

const wrong = findStaleVerdicts();
for (const problem of wrong) console.error(`tools/docs/verdicts.js: ${problem}.`);

if (process.argv.includes('--check')) {
  if (wrong.length > 0) process.exitCode = 1;
  for (const path of [...stale.map((file) => file.path), ...left]) console.error(`${path} is not up to date.`);
  if (stale.length + left.length > 0) {
    console.error('    Run: npm run build && node tools/gen-docs.js');
    process.exitCode = 1;
  }
} else {
  for (const directory of Object.keys(directories)) mkdirSync(new URL(directory, root), { recursive: true });
  for (const { url, text } of stale) {
    writeFileSync(url, text);
    console.log(`wrote ${fileURLToPath(url)}`);
  }
  for (const path of left) rmSync(new URL(path, root));
}

function listIfThere(url) {
  try {
    return readdirSync(url);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function readIfThere(url) {
  try {
    return readFileSync(url, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

// Writes docs/reference/ from the tables that the program itself runs on.
//
//   npm run build && node tools/gen-docs.js
//   node tools/gen-docs.js --check      fails if a page is not what it would be now; part of `npm test`
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderCommands } from './docs/commands.js';
import { renderErrors } from './docs/errors.js';
import { renderOptions } from './docs/options.js';

const target = new URL('../docs/reference/', import.meta.url);
const note = '<!-- Made by tools/gen-docs.js: change the tables in src/, then run that. -->\n';

const pages = {
  'options.md': renderOptions(),
  'commands.md': await renderCommands(),
  'errors.md': renderErrors(),
};

const stale = Object.entries(pages)
  .map(([name, text]) => ({ url: new URL(name, target), name, text: note + text }))
  .filter(({ url, text }) => readIfThere(url) !== text);

if (process.argv.includes('--check')) {
  for (const { name } of stale) console.error(`docs/reference/${name} is not up to date.`);
  if (stale.length > 0) {
    console.error('    Run: npm run build && node tools/gen-docs.js');
    process.exitCode = 1;
  }
} else {
  mkdirSync(target, { recursive: true });
  for (const { url, text } of stale) {
    writeFileSync(url, text);
    console.log(`wrote ${fileURLToPath(url)}`);
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

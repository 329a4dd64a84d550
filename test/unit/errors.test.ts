import { expect, test } from 'vitest';
import { errorCodes } from '../../src/errors.ts';
import type { Sources } from './imports.ts';
import { readSources } from './sources.ts';

/** Codes that a failure is made with: named in quotes, and not only compared with. */
function listMadeCodes(sources: Sources): Set<string> {
  const made = [...sources]
    .filter(([path]) => path !== 'errors.ts')
    .flatMap(([, text]) => [...text.matchAll(/(?<!(?:[!=]==|case)\s)'([A-Z][A-Z_]+)'(?!\s*[!=]==)/g)])
    .map(([, code]) => code!);
  return new Set(made);
}

/** Codes given to a `LivewrightError` directly, known or not. */
function listThrownCodes(sources: Sources): string[] {
  return [...sources.values()]
    .flatMap((text) => [...text.matchAll(/new LivewrightError\(\s*'([^']*)'/g)])
    .map(([, code]) => code!);
}

test('every error code can be met', () => {
  const made = listMadeCodes(readSources());
  expect(Object.keys(errorCodes).filter((code) => !made.has(code))).toEqual([]);
});

test('every code that is thrown is in the list', () => {
  const thrown = listThrownCodes(readSources());
  expect(thrown.length).toBeGreaterThan(0);
  expect(thrown.filter((code) => !(code in errorCodes))).toEqual([]);
});

test('a code that is only compared with counts as unused', () => {
  const text =
    "if (error.code === 'LOCKED') retry(); switch (code) { case 'USAGE': } throw new LivewrightError('DISK_FULL', {";
  expect([...listMadeCodes(new Map([['store/a.ts', text]]))]).toEqual(['DISK_FULL']);
});

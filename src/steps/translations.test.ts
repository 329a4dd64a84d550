import { expect, test } from 'vitest';
import { wantsNoTranslations } from './translations.ts';

test.each([
  ['apt.conf.d/90own', 'Acquire::Languages "none";', true],
  ['apt.conf', 'Acquire::Languages { "none"; };', true],
  ['apt.conf', 'Acquire::Languages { "environment"; "en"; };', false],
  ['preferences', 'Acquire::Languages "none";', false],
])('%s with %s: no descriptions is %s', (path, text, isWanted) => {
  expect(wantsNoTranslations({ [path]: Buffer.from(text) })).toBe(isWanted);
});

import { expect, test } from 'vitest';
import { describeVerdict } from './verdict.ts';

test.each([
  [true, true, 'passed'],
  [false, false, 'failed'],
  ['passed', true, 'passed'],
  ['hang', false, 'hang'],
  [{ ok: true, summary: 'login after 31 s' }, true, 'login after 31 s'],
  [{ passed: false, outcome: 'panic', message: 'The kernel panicked.' }, false, 'The kernel panicked.'],
  [{ outcome: 'passed' }, true, 'passed'],
  [{ outcome: 'hang' }, false, 'hang'],
  [{}, false, 'failed'],
  [null, false, 'no verdict'],
])('%j', (verdict, isGood, summary) => expect(describeVerdict(verdict)).toEqual({ isGood, summary }));

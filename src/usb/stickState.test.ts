import { expect, test } from 'vitest';
import { LivewrightError } from '../errors.ts';
import { explainStop, type Phase, type StickState } from './stickState.ts';

const state = (phase: Phase, kind: StickState['kind'] = 'device'): StickState => {
  return { path: '/dev/sdb', kind, phase, doneBytes: 500_000_000, totalBytes: 2_000_000_000 };
};
const failure = (code: string) => Object.assign(new Error(code), { code });
const interrupted = new LivewrightError('INTERRUPTED', { message: 'Stopped by Ctrl-C.' });

test.each<[string, unknown, StickState, boolean, string, RegExp]>([
  ['Ctrl-C before', interrupted, state('untouched'), false, 'INTERRUPTED', /^Stopped by Ctrl-C\. Nothing was written/],
  [
    'Ctrl-C while writing',
    interrupted,
    state('writing'),
    false,
    'INTERRUPTED',
    /not bootable: 500 MB of 2\.0 GB were written/,
  ],
  [
    'Ctrl-C while reading back',
    interrupted,
    state('verifying'),
    false,
    'INTERRUPTED',
    /whole image, but is not verified/,
  ],
  [
    'Ctrl-C at the partitions',
    interrupted,
    state('adding'),
    false,
    'INTERRUPTED',
    /boots, but the partitions behind it are not there yet/,
  ],
  [
    'pulled out: EIO',
    failure('EIO'),
    state('writing'),
    false,
    'WRITE_FAILED',
    /does not answer any more \(EIO\).*not bootable/,
  ],
  ['pulled out: ENODEV', failure('ENODEV'), state('verifying'), true, 'WRITE_FAILED', /does not answer any more/],
  [
    'pulled out: no room on a drive that is gone',
    failure('ENOSPC'),
    state('writing'),
    true,
    'WRITE_FAILED',
    /does not answer/,
  ],
  ['shorter than it says', failure('ENOSPC'), state('writing'), false, 'WRITE_FAILED', /ended before its end/],
  ['a full disk', failure('ENOSPC'), state('writing', 'file'), false, 'DISK_FULL', /became full/],
])('%s', (_, error, at, isGone, code, message) => {
  const told = explainStop(error, at, isGone);
  expect(told).toMatchObject({ code, message: expect.stringMatching(message), data: { phase: at.phase } });
  expect((told as LivewrightError).hint).not.toBe('');
});

test('a mistake of ours stays one', () => {
  const mistake = new TypeError('x is undefined');
  expect(explainStop(mistake, state('writing'))).toBe(mistake);
});

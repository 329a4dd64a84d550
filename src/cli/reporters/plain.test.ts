import { expect, test } from 'vitest';
import type { LivewrightEvent } from '../../events/events.ts';
import { createJsonReporter } from './json.ts';
import { createPlainReporter } from './plain.ts';

function collect(script: readonly (readonly [second: number, event: LivewrightEvent])[], wishes = {}) {
  const text = { output: '', errors: '' };
  const stream = (name: 'output' | 'errors') => ({ write: (part: string) => (text[name] += part) });
  let second = 0;
  const now = () => new Date(2026, 10, 22, 9, 0, second);
  const streams = { output: stream('output'), errors: stream('errors') };
  const reporter = createPlainReporter(streams, { verbose: false, quiet: false, now, ...wishes });
  for (const [atSecond, event] of script) {
    second = atSecond;
    reporter.listen(event);
  }
  reporter.close();
  return text;
}

const error = { code: 'HOOK_FAILED', message: 'The hook "x" failed.', hint: 'Mend it.' };
const script: readonly (readonly [number, LivewrightEvent])[] = [
  [0, { type: 'build-started', directory: '/live', steps: ['a', 'b', 'hook:x'] }],
  [0, { type: 'step-reused', step: 'a', title: 'packages', savedMs: 60_000 }],
  [1, { type: 'step-started', step: 'b', title: 'system image', reason: 'its inputs changed' }],
  [1, { type: 'step-output', step: 'b', line: 'Parallel \u001b[1mmksquashfs' }],
  [2, { type: 'step-note', step: 'b', message: 'a note' }],
  [9, { type: 'step-done', step: 'b', title: 'system image', durationMs: 8000 }],
  [10, { type: 'warning', message: 'A warning.', hint: 'A remedy.', place: { path: 'config/common', line: 3 } }],
  [
    11,
    {
      type: 'step-failed',
      step: 'hook:x',
      title: 'hook x',
      durationMs: 500,
      error,
      tail: ['last line'],
      logPath: '.build/livewright/logs/hook.log',
      replay: 'lb shell',
    },
  ],
  [12, { type: 'build-failed', durationMs: 12_000, error }],
];

test('a line per change; trouble goes to the other stream', () => {
  const { output, errors } = collect(script);
  expect(output).toMatchInlineSnapshot(`
    "[09:00:00] Build of 3 steps in /live
    [09:00:00] reused a: packages (1 min 00 s saved)
    [09:00:01] start  b: system image (its inputs changed)
    [09:00:02]        b: a note
    [09:00:09] done   b: system image (8.0 s)
    "
  `);
  expect(errors).toMatchInlineSnapshot(`
    "[09:00:10] ! config/common:3: A warning.
    [09:00:10]   A remedy.
    [09:00:11] x hook x (hook:x) failed after 0.5 s
    [09:00:11]   The hook "x" failed.  [HOOK_FAILED]
    [09:00:11]   Mend it.
    [09:00:11]   | last line
    [09:00:11]   Again:  lb shell
    [09:00:11]   Log:    .build/livewright/logs/hook.log
    [09:00:12] x Build stopped after 12 s.
    [09:00:12]   What is done is kept: the next lb build goes on from there.
    "
  `);
});

test('quiet: trouble alone', () => {
  const { output, errors } = collect(script, { quiet: true });
  expect(output).toBe('');
  expect(errors).toBe(collect(script).errors);
});

test('verbose: output of programs without their control codes', () => {
  expect(collect(script, { verbose: true }).output).toContain('[09:00:01]        b | Parallel mksquashfs\n');
});

test('totals', () => {
  const outputs = [{ path: 'live-image-amd64.hybrid.iso', sizeBytes: 325e6 }];
  const event = { type: 'build-done', durationMs: 900, stepsRun: 0, stepsReused: 14, savedMs: 192e3, outputs } as const;
  expect(collect([[0, event]]).output).toMatchInlineSnapshot(`
    "[09:00:00] + Built in 0.9 s  nothing to do, 14 steps reused, 3 min 12 s saved
    [09:00:00]   live-image-amd64.hybrid.iso   325 MB
    [09:00:00]   Try it:   lb run
    [09:00:00]   Check it: lb test
    [09:00:00]   Stick:    lb write   lists the drives; erases nothing yet
    "
  `);
});

test('progress: a line every ten seconds or at each quarter', () => {
  const progress = (second: number, done: number, total?: number) => {
    const counted = { type: 'step-progress', step: 'd', done, unit: 'packages', item: 'bash' } as const;
    return [second, total === undefined ? counted : { ...counted, total }] as const;
  };
  const byTime = [0, 1, 5, 9, 10, 11, 19, 20].map((second) => progress(second, second));
  const byPart = [0, 10, 24, 26, 40, 49, 51, 74, 75, 99, 100].map((done) => progress(0, done, 100));
  expect(collect(byTime).output).toMatchInlineSnapshot(`
    "[09:00:10]        d: 10 packages, bash
    [09:00:20]        d: 20 packages, bash
    "
  `);
  expect(collect(byPart).output).toMatchInlineSnapshot(`
    "[09:00:00]        d: 26 of 100 packages, bash
    [09:00:00]        d: 51 of 100 packages, bash
    [09:00:00]        d: 75 of 100 packages, bash
    [09:00:00]        d: 100 of 100 packages, bash
    "
  `);
});

test('guests that boot', () => {
  const { output } = collect([
    [0, { type: 'boot-started', boot: 'bios-cd', title: 'BIOS, as CD' }],
    [9, { type: 'boot-milestone', boot: 'bios-cd', milestone: 'kernel up', afterMs: 9000 }],
    [
      31,
      { type: 'boot-verdict', boot: 'bios-cd', title: 'BIOS, as CD', verdict: { ok: false, summary: 'kernel panic' } },
    ],
  ]);
  expect(output).toMatchInlineSnapshot(`
    "[09:00:00] boot   bios-cd: BIOS, as CD
    [09:00:09]        bios-cd: kernel up after 9.0 s
    [09:00:31] FAILED bios-cd: BIOS, as CD (kernel panic)
    "
  `);
});

test('JSON: the event with its time, one line each, credentials redacted', () => {
  let text = '';
  const write = (part: string) => (text += part);
  const reporter = createJsonReporter({ write }, () => new Date(Date.UTC(2026, 10, 22)));
  reporter.listen({ type: 'note', message: 'one\ntwo' });
  reporter.listen({ type: 'warning', message: 'http://a:b@mirror.example/ is slow.' });
  expect(text).toMatchInlineSnapshot(`
    "{"time":"2026-11-22T00:00:00.000Z","type":"note","message":"one\\ntwo"}
    {"time":"2026-11-22T00:00:00.000Z","type":"warning","message":"http://***@mirror.example/ is slow."}
    "
  `);
});

test('a stick: speed and time left, and in the end what it holds', () => {
  const written = {
    target: '/dev/sdb',
    image: '/live/live-image-amd64.hybrid.iso',
    sizeBytes: 301_072_384,
    sha256: '6d6bca9d',
    isReadBackDirect: true,
    partitions: [{ kind: 'persistence', label: 'persistence', sizeBytes: 7_700_000_000 }],
  };
  const progress = { type: 'step-progress', step: 'write', total: 301_072_384, unit: 'bytes' } as const;
  const { output } = collect([
    [0, { type: 'step-started', step: 'write', title: 'write sdb', reason: '' }],
    [1, { ...progress, done: 1_000_000 }],
    [20, { ...progress, done: 200_000_000, perSecond: 10_000_000, leftMs: 10_100 }],
    [31, { type: 'stick-written', ...written }],
  ]);
  expect(output).toMatchInlineSnapshot(`
    "[09:00:00] start  write: write sdb
    [09:00:20]        write: 200 of 301 MB, 10 MB/s, 10 s left
    [09:00:31] + /dev/sdb holds /live/live-image-amd64.hybrid.iso  301 MB, read back and compared
    [09:00:31]   SHA-256 6d6bca9d
    [09:00:31]   persistence "persistence", 7.7 GB
    "
  `);
});

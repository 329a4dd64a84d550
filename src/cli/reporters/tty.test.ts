import { expect, onTestFinished, test, vi } from 'vitest';
import type { LivewrightEvent } from '../../events/events.ts';
import { createScreen } from './screen.testing.ts';
import { createTtyReporter, type TtyOptions } from './tty.ts';

const base = 1_700_000_000_000;

/** Feeds events at given milliseconds and returns what a person sees at the end. */
function watch(script: readonly (readonly [atMs: number, event: LivewrightEvent])[], columns = 100) {
  const screen = createScreen(columns, 30);
  let now = base;
  const options: TtyOptions = { color: false, unicode: true, verbose: false, now: () => now };
  const reporter = createTtyReporter(screen, options);
  for (const [atMs, event] of script) {
    now = base + atMs;
    reporter.listen(event);
    reporter.refresh();
  }
  const tick = (atMs: number) => {
    now = base + atMs;
    reporter.refresh();
  };
  return { screen, reporter, tick };
}

const started = { type: 'build-started', directory: '/live', steps: ['a', 'b', 'c', 'd', 'e', 'f'] } as const;
const failure = {
  code: 'PROGRAM_FAILED',
  message: 'mksquashfs stopped with exit code 1.',
  hint: 'See the log.',
} as const;

function start(step: string, title: string): LivewrightEvent {
  return { type: 'step-started', step, title, reason: 'its inputs changed' };
}

function done(step: string, title: string, durationMs: number): LivewrightEvent {
  return { type: 'step-done', step, title, durationMs };
}

function reuse(step: string, savedMs: number): LivewrightEvent {
  return { type: 'step-reused', step, title: `step ${step}`, savedMs };
}

function bytes(step: string, doneBytes: number, item?: string): LivewrightEvent {
  const progress = { type: 'step-progress', step, done: doneBytes, total: 650e6, unit: 'bytes' } as const;
  return item === undefined ? progress : { ...progress, item };
}

test('a build under way: reused steps on one line, a line per running step, the sum', () => {
  const { screen } = watch([
    [0, started],
    [10, reuse('a', 60_000)],
    [20, reuse('b', 90_000)],
    [30, reuse('c', 42_000)],
    [40, start('d', 'system image')],
    [50, start('e', 'a title that is far too long for its column')],
    [100, bytes('d', 0)],
    [4000, bytes('d', 156e6, 'usr/lib/x86_64-linux-gnu/libLLVM.so.19.1')],
  ]);
  expect(screen.text()).toMatchInlineSnapshot(`
    "✓ 3 steps reused, 3 min 12 s saved
    ⠏ system image                       3 s  ━━────────  156 of 650 MB   40 MB/s  usr/lib/x86_64-linu…
    ⠏ a title that is far too l…         3 s  its inputs changed
      3 of 6 steps · 4 s"
  `);
});

test('on 80 columns', () => {
  const { screen } = watch(
    [
      [0, started],
      [40, start('d', 'system image')],
      [50, start('e', 'packages of the desktop')],
      [100, bytes('d', 0)],
      [4000, { type: 'step-progress', step: 'e', done: 7, total: 235, unit: 'packages', item: 'libc6' }],
      [5000, bytes('d', 156e6, 'usr/lib/x86_64-linux-gnu/libLLVM.so.19.1')],
      [64000, { type: 'step-progress', step: 'e', done: 117, total: 235, unit: 'packages', item: 'perl-modules-5.40' }],
    ],
    80,
  );
  expect(screen.text()).toMatchInlineSnapshot(`
    "⠏ system image             1 min 03 s  ━━────────  156 of 650 MB  2.4 MB/s
    ⠏ packages of the desktop  1 min 03 s  ━━━━──────  117 of 235  perl-modules-5.…
      0 of 6 steps · 1 min 04 s"
  `);
});

test('a finished step scrolls up, with the reused ones before it', () => {
  const { screen } = watch([
    [0, started],
    [10, reuse('a', 60_000)],
    [20, reuse('b', 90_000)],
    [30, reuse('c', 42_000)],
    [40, start('d', 'system image')],
    [4000, { type: 'step-note', step: 'd', message: '3 files are larger than 100 MB.' }],
    [72_040, done('d', 'system image', 72_000)],
    [
      72_050,
      { type: 'warning', message: 'There is no kernel.', hint: 'Set one.', place: { path: 'config/common', line: 3 } },
    ],
    [72_060, start('e', 'medium')],
  ]);
  expect(screen.text()).toMatchInlineSnapshot(`
    "✓ 3 steps reused, 3 min 12 s saved
    · 3 files are larger than 100 MB.
    ✓ system image                1 min 12 s
    ! config/common:3: There is no kernel.
      Set one.
    ⠋ medium                             0 s  its inputs changed
      4 of 6 steps · 1 min 12 s"
  `);
});

test('one or two reused steps are told by name', () => {
  const { screen } = watch([
    [0, started],
    [1, reuse('a', 60_000)],
    [2, reuse('b', 1)],
    [3, done('c', 'medium', 1500)],
  ]);
  expect(screen.text()).toMatchInlineSnapshot(`
    "✓ step a                          reused
    ✓ step b                          reused
    ✓ medium                           1.5 s"
  `);
});

test('at the end: time, what was reused, the image and what to do with it', () => {
  const { screen, reporter } = watch([
    [0, started],
    [1, reuse('a', 192_000)],
    [2, start('f', 'image')],
    [
      84_000,
      {
        type: 'build-done',
        durationMs: 84_000,
        stepsRun: 3,
        stepsReused: 14,
        savedMs: 192_000,
        outputs: [
          { path: 'live-image-amd64.contents', sizeBytes: 12_345 },
          { path: 'live-image-amd64.hybrid.iso', sizeBytes: 325_123_456 },
        ],
      },
    ],
  ]);
  reporter.close();
  expect(screen.text()).toMatchInlineSnapshot(`
    "✓ step a                          reused

    ✓ Built in 1 min 24 s  3 steps run, 14 reused, 3 min 12 s saved
      live-image-amd64.contents      12 kB
      live-image-amd64.hybrid.iso   325 MB

      Try it:   lb run
      Check it: lb test
      Stick:    lb write   lists the drives; erases nothing yet"
  `);
});

test('a failure: step, sentence, hint, last lines, command and log, and the error only once', () => {
  const { screen, reporter } = watch(
    [
      [0, started],
      [1, start('rootfs', 'system image')],
      [
        2,
        {
          type: 'step-failed',
          step: 'rootfs',
          title: 'system image',
          durationMs: 12_345,
          error: failure,
          tail: ['Parallel mksquashfs: Using 2 processors', '\u001b[31mFATAL ERROR\u001b[0m:\tWrite failed\r'],
          logPath: '.build/livewright/logs/rootfs.log',
          replay:
            'lb shell --step rootfs -- mksquashfs /tree /out.squashfs -comp xz -Xbcj x86 -b 1048576 -noappend -no-progress',
        },
      ],
      [3, { type: 'build-failed', durationMs: 13_000, error: failure }],
    ],
    60,
  );
  reporter.close();
  expect(screen.text()).toMatchInlineSnapshot(`
    "
    ✗ system image (rootfs) failed after 12 s
      mksquashfs stopped with exit code 1.  [PROGRAM_FAILED]
      See the log.

      │ Parallel mksquashfs: Using 2 processors
      │ FATAL ERROR:    Write failed

      Again:  lb shell --step rootfs -- mksquashfs /tree /out.sq
    uashfs -comp xz -Xbcj x86 -b 1048576 -noappend -no-progress
      Log:    .build/livewright/logs/rootfs.log

    ✗ Build stopped after 13 s.
      What is done is kept: the next lb build goes on from there
    ."
  `);
  expect(reporter.hasShown(failure)).toBe(true);
  expect(reporter.hasShown({ ...failure, message: 'Another.' })).toBe(false);
});

test('a build that fails outside of its steps tells the error', () => {
  const error = {
    code: 'MIRROR_UNREACHABLE',
    message: 'No answer from http://a:b@mirror.example/.',
    place: { path: 'config/bootstrap' },
  };
  const { screen } = watch([
    [0, started],
    [3, { type: 'build-failed', durationMs: 13_000, error }],
  ]);
  expect(screen.text()).toMatchInlineSnapshot(`
    "✗ Build stopped after 13 s.
      config/bootstrap: No answer from http://***@mirror.example/.  [MIRROR_UNREACHABLE]"
  `);
});

test('guests that boot', () => {
  const { screen } = watch([
    [0, { type: 'boot-started', boot: 'bios-cd', title: 'BIOS, as CD' }],
    [0, { type: 'boot-started', boot: 'uefi-cd', title: 'UEFI, as CD' }],
    [0, { type: 'boot-started', boot: 'uefi-disk', title: 'UEFI, as disk' }],
    [9000, { type: 'boot-milestone', boot: 'bios-cd', milestone: 'kernel up', afterMs: 9000 }],
    [
      31_000,
      {
        type: 'boot-verdict',
        boot: 'uefi-cd',
        title: 'UEFI, as CD',
        verdict: { ok: true, summary: 'login after 31 s' },
      },
    ],
    [
      31_000,
      {
        type: 'boot-verdict',
        boot: 'uefi-disk',
        title: 'UEFI, as disk',
        verdict: { ok: false, summary: 'kernel panic' },
      },
    ],
  ]);
  expect(screen.text()).toMatchInlineSnapshot(`
    "✓ UEFI, as CD                                     login after 31 s
    ✗ UEFI, as disk                                   kernel panic
    ⠋ BIOS, as CD                                           31 s  kernel up
      31 s"
  `);
});

test('after the window was made narrower nothing is left over', () => {
  const { screen, tick } = watch([
    [0, started],
    [1, start('d', 'system image')],
    [2, bytes('d', 1e6, 'usr/bin/a-name-of-some-length')],
  ]);
  screen.resize(50);
  tick(1100);
  expect(screen.text()).toMatchInlineSnapshot(`
    "⠋ system image           1 s    1 of 650 MB
      0 of 6 steps · 1 s"
  `);
});

test('more running steps than rows', () => {
  const screen = createScreen(80, 8);
  const reporter = createTtyReporter(screen, { color: false, unicode: true, verbose: false, now: () => base });
  reporter.listen(started);
  for (const name of 'abcdefgh') reporter.listen(start(name, `step ${name}`));
  reporter.refresh();
  expect(screen.text()).toMatchInlineSnapshot(`
    "⠋ step a                          0 s  its inputs changed
    ⠋ step b                          0 s  its inputs changed
    ⠋ step c                          0 s  its inputs changed
    ⠋ step d                          0 s  its inputs changed
    ⠋ step e                          0 s  its inputs changed
      and 3 more
      0 of 6 steps · 0 s"
  `);
});

test('the cursor is never hidden', () => {
  const { screen, reporter } = watch([
    [0, started],
    [1, start('d', 'system image')],
  ]);
  reporter.close();
  expect(screen.written()).not.toContain('\u001b[?25l');
});

test('closing leaves only what has scrolled up', () => {
  const { screen, reporter } = watch([
    [0, started],
    [1, reuse('a', 5000)],
    [1, start('d', 'system image')],
  ]);
  reporter.close();
  reporter.close();
  expect(screen.text()).toMatchInlineSnapshot(`"✓ step a                          reused"`);
});

test('no event, no output', () => {
  const { screen, reporter } = watch([]);
  reporter.close();
  expect(screen.written()).toBe('');
});

test('a frame that looks the same is not written again', () => {
  const { screen, tick } = watch([
    [0, started],
    [1, start('d', 'system image')],
  ]);
  const before = screen.written();
  tick(2);
  expect(screen.written()).toBe(before);
});

test('colours, and none without', () => {
  const output = createScreen(80, 24);
  const reporter = createTtyReporter(output, { color: true, unicode: true, verbose: false });
  reporter.listen(done('a', 'medium', 1500));
  reporter.close();
  expect(JSON.stringify(output.written())).toMatchInlineSnapshot(
    `""\\u001b[?2026h\\u001b[32m✓\\u001b[0m medium                        1.5 s\\n\\u001b[?2026l""`,
  );
});

test('output of programs is shown when wanted', () => {
  const output = createScreen(40, 24);
  const reporter = createTtyReporter(output, { color: false, unicode: false, verbose: true });
  reporter.listen({ type: 'step-output', step: 'a', line: 'Setting up libc6 (2.41-12) with many words ...' });
  reporter.close();
  expect(output.text()).toMatchInlineSnapshot(`"  | Setting up libc6 (2.41-12) with ma…"`);
});

test('the time that is left, where it is foretold', () => {
  const { screen } = watch([
    [0, { type: 'step-started', step: 'write', title: 'write sdb', reason: '' }],
    [
      9000,
      {
        type: 'step-progress',
        step: 'write',
        done: 156e6,
        total: 650e6,
        unit: 'bytes',
        perSecond: 5e6,
        leftMs: 99_000,
      },
    ],
  ]);
  expect(screen.text()).toMatchInlineSnapshot(`
    "⠋ write sdb                          9 s  ━━────────  156 of 650 MB  1 min 39 s left
      9 s"
  `);
});

test('who is lent the terminal has it: told at once, and nothing is drawn before the next event', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const screen = createScreen(100, 30);
  const written: string[] = [];
  const output = { ...screen, write: (text: string) => written.push(text) };
  const reporter = createTtyReporter(output, { color: false, unicode: true, verbose: false });
  for (const event of [started, start('a', 'base system')]) reporter.listen(event);
  vi.advanceTimersByTime(500);
  expect(written.join('')).toContain('base system');
  written.length = 0;
  reporter.listen(done('a', 'base system', 500));
  reporter.listen({ type: 'terminal-lent', message: 'Yours.' });
  expect(written.join('')).toMatch(/base system[\s\S]*Yours\./);
  written.length = 0;
  vi.advanceTimersByTime(5000);
  expect(written).toEqual([]);
  reporter.listen(start('b', 'packages'));
  vi.advanceTimersByTime(500);
  expect(written.join('')).toContain('packages');
  reporter.close();
});

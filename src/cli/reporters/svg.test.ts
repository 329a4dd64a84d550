import { expect, test } from 'vitest';
import type { LivewrightEvent } from '../../events/events.ts';
import { readEventLog, replay } from './replay.ts';
import { lineText, segment } from './segments.ts';
import { renderSvg } from './svg.ts';

const events: readonly LivewrightEvent[] = [
  { type: 'build-started', directory: '/live', steps: ['a', 'b'] },
  { type: 'step-started', step: 'a', title: 'packages', reason: 'new' },
  { type: 'step-progress', step: 'a', done: 10, total: 40, unit: 'packages', item: 'bash' },
  { type: 'step-done', step: 'a', title: 'packages', durationMs: 3000 },
];
const log = events.map((event, at) => JSON.stringify({ time: new Date(1000 * at).toISOString(), ...event }));

test('a log of --json is played as the terminal showed it', () => {
  const timed = readEventLog([...log, '{"type":"error","code":"CRASH"}', ''].join('\n'));
  const shots = replay(timed, { columns: 79, rows: 24, atMs: [500, 2500, 3500] });
  expect(shots.map(({ lines }) => lines.map(lineText).join('\n'))).toMatchInlineSnapshot(`
    [
      "",
      "⠴ packages                        1 s  ━━────────  10 of 40  bash
      0 of 2 steps · 2 s",
      "✓ packages                      3.0 s",
    ]
  `);
});

test('only the last rows are seen', () => {
  const notes = [1, 2, 3, 4].map((at) => ({ atMs: at, event: { type: 'note', message: `note ${at}` } }) as const);
  const [shot] = replay(notes, { columns: 20, rows: 2, atMs: [10] });
  expect(shot?.lines.map(lineText)).toEqual(['· note 3', '· note 4']);
});

test('the picture', () => {
  const frames = [
    { lines: [[segment('✓', 'good'), segment(' a < b & c')]], showMs: 1000 },
    { lines: [[], [segment('  end', 'dim')]], showMs: 3000 },
  ];
  expect(renderSvg(frames, { columns: 20, rows: 2, command: 'lb build' })).toMatchInlineSnapshot(`
    "<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 204 117" width="204" height="117" role="img" aria-label="lb build in a terminal">
    <style>
    text{font:14px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
    .plain{fill:#d8dee9}.dim{fill:#7b869b}.bold{fill:#f4f6fa}.good{fill:#a3d977}.bad{fill:#ff7b72}.warn{fill:#f2cc60}.accent{fill:#79c0ff}.bold,.bad{font-weight:bold}
    @keyframes k0{0%{opacity:0}0.00%{opacity:1}25.00%{opacity:0}}.f0{animation:k0 4000ms step-end infinite;opacity:0}
    @keyframes k1{0%{opacity:0}25.00%{opacity:1}}.f1{animation:k1 4000ms step-end infinite}
    @media(prefers-reduced-motion:reduce){g{animation:none!important}}
    </style>
    <rect width="100%" height="100%" rx="10" fill="#161b26"/>
    <circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>
    <text y="58.3"><tspan class="dim" x="18.0" textLength="8.4">$</tspan><tspan class="bold" x="34.8" textLength="67.2">lb build</tspan></text>
    <g class="f0"><text y="77.3"><tspan class="good" x="18.0" textLength="8.4">✓</tspan><tspan class="plain" x="34.8" textLength="75.6">a &lt; b &amp; c</tspan></text></g>
    <g class="f1"><text y="96.3"><tspan class="dim" x="34.8" textLength="25.2">end</tspan></text></g>
    </svg>
    "
  `);
});

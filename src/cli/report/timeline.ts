import type { BootVerdict } from '../../vm/verdict.ts';
import { formatDuration } from '../reporters/format.ts';
import { type Html, html } from './html.ts';
import { milestoneNames } from './words.ts';

interface Span {
  readonly name: string;
  readonly key: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A bar from power-on to the end, cut at the milestones. `scaleMs` is as long as the page is wide. */
export function renderTimeline(verdict: BootVerdict, scaleMs: number): Html {
  const spans = spansOf(verdict);
  const segments = spans.map(({ key, name, fromMs, toMs }) => {
    const title = `${name}: ${formatDuration(fromMs)} to ${formatDuration(toMs)}`;
    return html`<span class="seg seg-${key}" style="width:${percent(toMs - fromMs, scaleMs)}" title="${title}"></span>`;
  });
  const steps = verdict.milestones.map(
    ({ name, afterMs }) =>
      html`<li><i class="seg-${name}"></i>${milestoneNames[name]} <b>${formatDuration(afterMs)}</b></li>`,
  );
  return html`<div class="bar" role="img" aria-label="Times since power-on, as listed below">${segments}</div>
<ol class="steps">${steps}<li><i class="seg-rest"></i>End <b>${formatDuration(verdict.durationMs)}</b></li></ol>`;
}

function spansOf({ milestones, durationMs }: BootVerdict): Span[] {
  const spans: Span[] = [];
  let fromMs = 0;
  for (const { name, afterMs } of milestones) {
    spans.push({ name: `to ${milestoneNames[name]}`, key: name, fromMs, toMs: afterMs });
    fromMs = afterMs;
  }
  if (durationMs > fromMs) spans.push({ name: 'to the end', key: 'rest', fromMs, toMs: durationMs });
  return spans;
}

function percent(part: number, whole: number): string {
  return `${((100 * Math.max(0, part)) / Math.max(1, whole)).toFixed(2)}%`;
}

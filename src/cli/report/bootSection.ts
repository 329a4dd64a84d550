import type { CheckResult } from '../../vm/checks.ts';
import type { BootVerdict } from '../../vm/verdict.ts';
import { formatDuration, formatSize, plural } from '../reporters/format.ts';
import { type Html, html } from './html.ts';
import { renderTimeline } from './timeline.ts';
import type { Shown, TriedBoot } from './types.ts';
import { describeFacts, outcomeNames } from './words.ts';

export interface SectionContext {
  /** The longest boot of the page, so that all bars share a scale. */
  readonly scaleMs: number;
  /** Power-ons of the boot, in order. */
  readonly shown: readonly Shown[];
}

export function renderMark({ verdict }: Pick<BootVerdict, 'verdict'>): Html {
  const mark = verdict === 'passed' ? '✓' : '✗';
  return html`<span class="pill ${verdict}">${mark} ${verdict}</span>`;
}

/** All about one boot. */
export function renderBoot({ name, title, verdict }: TriedBoot, { scaleMs, shown }: SectionContext): Html {
  const isSingle = shown.length === 1;
  const parts = shown.map((part, index) => {
    const heading = isSingle ? undefined : renderPartHeading(part.verdict, index);
    return html`<div class="power-on">${heading}${renderPowerOn(part, scaleMs)}</div>`;
  });
  return html`<section class="boot" id="${name}">
<h2>${renderMark(verdict)} ${title} <code>${name}</code></h2>
<p class="summary">${verdict.summary}</p>
${parts}
</section>`;
}

const ordinals = ['First', 'Second', 'Third'];

function renderPartHeading(verdict: BootVerdict, index: number): Html {
  const own = verdict.summary.replace(/^In the \w+ boot: /, '');
  return html`<h3>${ordinals[index] ?? `${index + 1}.`} boot ${renderMark(verdict)}</h3><p class="summary">${own}</p>`;
}

function renderPowerOn({ verdict, files }: Shown, scaleMs: number): Html {
  return html`${renderTimeline(verdict, scaleMs)}
${renderUnits(verdict.failedUnits)}
${renderPictures(files.menu, files.end)}
${renderChecks(verdict.checks)}
${renderFacts(verdict)}
${renderSerial(files.serialLines)}`;
}

function renderUnits(units: readonly string[]): Html | undefined {
  if (units.length === 0) return undefined;
  return html`<p class="warn">Failed units: ${units.map((unit) => html`<code>${unit}</code> `)}</p>`;
}

function renderPictures(menu: string | undefined, end: string | undefined): Html | undefined {
  if (!menu && !end) return undefined;
  const figure = (source: string | undefined, caption: string) =>
    source && html`<figure><img src="${source}" alt="${caption}"><figcaption>${caption}</figcaption></figure>`;
  return html`<div class="pictures">${figure(menu, 'The boot menu')}${figure(end, 'The screen at the end')}</div>`;
}

function renderFacts(verdict: BootVerdict): Html {
  const pairs = [...describeFacts(verdict.facts ?? {})];
  if (verdict.verdict === 'failed' && verdict.outcome !== 'login')
    pairs.unshift(['How it ended', outcomeNames[verdict.outcome]]);
  if (pairs.length === 0) return html``;
  return html`<dl class="facts">${pairs.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function renderChecks(checks: readonly CheckResult[] | undefined): Html | undefined {
  if (!checks || checks.length === 0) return undefined;
  return html`<h4>Checks</h4>${checks.map(renderCheck)}`;
}

function renderCheck({ name, exitCode, problem, output, omittedBytes, durationMs }: CheckResult): Html {
  const verdict = exitCode === 0 ? 'passed' : 'failed';
  const how = problem?.replace(/\.$/, '') ?? `exit code ${exitCode}`;
  const head = html`${renderMark({ verdict })} <code>${name}</code> <small>${how}, ${formatDuration(durationMs)}</small>`;
  const omitted =
    omittedBytes > 0 ? html`<p class="note">${formatSize(omittedBytes)} before this are left out.</p>` : undefined;
  if (output.trim() === '') return html`<p class="check">${head} <small>no output</small></p>`;
  // What failed is what one looks for, so it stands open.
  const body = html`${omitted}<pre>${output.trimEnd()}</pre>`;
  return verdict === 'failed'
    ? html`<details class="check" open><summary>${head}</summary>${body}</details>`
    : html`<details class="check"><summary>${head}</summary>${body}</details>`;
}

const visibleLines = 200;

function renderSerial(lines: readonly string[]): Html | undefined {
  if (lines.every((line) => line === '')) return undefined;
  const before = lines.slice(0, -visibleLines);
  const after = lines.slice(-visibleLines);
  const first =
    before.length > 0
      ? html`<details><summary>${plural(before.length, 'line')} before these</summary><pre>${before.join('\n')}</pre></details>`
      : undefined;
  return html`<h4>Serial console</h4>${first}<pre class="serial">${after.join('\n')}</pre>`;
}

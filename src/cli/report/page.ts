import { basename } from 'node:path';
import type { BootVerdict, MilestoneName } from '../../vm/verdict.ts';
import { formatDuration, formatSize } from '../reporters/format.ts';
import { renderBoot, renderMark } from './bootSection.ts';
import { type Html, html, raw } from './html.ts';
import { style } from './style.ts';
import type { Shown, TestRun, TriedBoot, Versions } from './types.ts';
import { kindNames } from './words.ts';

export interface PageContext {
  /** The power-ons of a boot, in order. */
  readonly showAll: (verdict: BootVerdict) => readonly Shown[];
  readonly versions: Versions;
}

/** The report as one page that needs nothing else: pictures are in it, and there is no script. */
export function renderPage(run: TestRun, context: PageContext): string {
  const names = run.images.map(({ path }) => basename(path)).join(', ');
  const shown = run.tried.map(({ verdict }) => context.showAll(verdict));
  const scaleMs = Math.max(...shown.flat().map(({ verdict }) => verdict.durationMs), 1);
  const sections = run.tried.map((tried, index) => renderBoot(tried, { scaleMs, shown: shown[index] ?? [] }));
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Boot test of ${names}</title>
<style>${raw(style)}</style>
</head>
<body>
<header>
<p class="kicker">Boot test · ${formatDate(run.startedAt)}</p>
<h1>${names}</h1>
${renderSentence(run.tried)}
</header>
<main>
${renderSummary(run)}
${renderLeftOut(run)}
${renderImages(run)}
${renderMachine(run, context.versions)}
${sections}
</main>
<footer>Made by <code>lb test</code> of Livewright ${context.versions.livewright}. The images were not written to.</footer>
</body>
</html>
`.text;
}

function renderSentence(tried: readonly TriedBoot[]): Html {
  const failed = tried.filter(({ verdict }) => verdict.verdict === 'failed');
  if (failed.length === 0) {
    const all = tried.length === 1 ? 'The boot passed.' : `All ${tried.length} boots passed.`;
    return html`<p class="verdict passed">✓ ${all}</p>`;
  }
  const some = tried.length === 1 ? 'The boot failed.' : `${failed.length} of ${tried.length} boots failed.`;
  return html`<p class="verdict failed">✗ ${some}</p>`;
}

function renderSummary({ tried, images }: TestRun): Html {
  const isMany = images.length > 1;
  const rows = tried.map(
    ({ name, boot, image, verdict }) => html`<tr>
<td>${renderMark(verdict)}</td>
<th scope="row"><a href="#${name}">${boot.title}</a></th>
${isMany ? html`<td>${basename(image.path)}</td>` : undefined}
${(['boot-menu', 'kernel'] as const).map((milestone) => renderSeconds(verdict, milestone))}
${renderSeconds(verdict, goalOf(verdict))}
<td class="sentence">${verdict.summary}</td>
</tr>`,
  );
  return html`<section><h2>Summary</h2>
<div class="wide"><table class="matrix">
<thead><tr><th>Verdict</th><th>Boot</th>${isMany ? html`<th>Image</th>` : undefined}
<th class="number">Menu</th><th class="number">Kernel</th><th class="number">Up</th><th>In a sentence</th></tr></thead>
<tbody>${rows}</tbody></table></div>
<p class="note">Times are seconds since power-on. “Up” is the login prompt, or whatever the boot was to come to.</p></section>`;
}

function goalOf({ outcome }: BootVerdict): MilestoneName {
  return outcome === 'memtest' || outcome === 'installer' ? outcome : 'login';
}

function renderSeconds({ milestones }: BootVerdict, name: MilestoneName): Html {
  const found = milestones.find((milestone) => milestone.name === name);
  return html`<td class="number">${found ? (found.afterMs / 1000).toFixed(found.afterMs < 9950 ? 1 : 0) : '–'}</td>`;
}

function renderLeftOut({ leftOut, images }: TestRun): Html | undefined {
  if (leftOut.length === 0) return undefined;
  const rows = leftOut.map(
    ({ boot, image, reason }) =>
      html`<tr><th scope="row">${boot.title}</th>${images.length > 1 ? html`<td>${basename(image.path)}</td>` : undefined}<td>${reason}</td></tr>`,
  );
  return html`<section><h2>Not tried</h2><div class="wide"><table><tbody>${rows}</tbody></table></div></section>`;
}

function renderImages({ images }: TestRun): Html {
  const blocks = images.map(
    ({ path, facts, architecture }) => html`<dl class="facts">
<dt>File</dt><dd>${basename(path)}</dd>
<dt>Kind</dt><dd>${kindNames[facts.kind]}, ${architecture}</dd>
<dt>Size</dt><dd>${formatSize(facts.sizeBytes)} (${facts.sizeBytes} bytes)</dd>
<dt>SHA-256</dt><dd><code>${facts.sha256}</code></dd></dl>`,
  );
  return html`<section><h2>${images.length === 1 ? 'Image' : 'Images'}</h2>${blocks}</section>`;
}

function renderMachine({ machine, tried, startedAt }: TestRun, versions: Versions): Html {
  const qemu = tried.map(({ verdict }) => verdict.qemuVersion).find((version) => version !== undefined);
  const totalMs = tried.reduce((sum, { verdict }) => sum + verdict.durationMs, 0);
  return html`<section><h2>Machine</h2><dl class="facts">
<dt>Date</dt><dd>${startedAt.toISOString().replace(/\.\d+Z$/, 'Z')}</dd>
<dt>Guests</dt><dd>${machine.memoryMib} MiB of memory, up to ${machine.jobs} at once; ${formatDuration(totalMs)} of boots in all</dd>
<dt>Processor</dt><dd>${machine.accel === 'kvm' ? 'KVM' : 'emulated (TCG)'}: ${machine.accelReason}</dd>
<dt>Versions</dt><dd>Livewright ${versions.livewright}, ${qemu === undefined ? undefined : `QEMU ${qemu}, `}Node ${versions.node}, Linux ${versions.kernel} on the host</dd>
</dl></section>`;
}

function formatDate(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

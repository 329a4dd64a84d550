import type { LivewrightEvent, OutputFile } from '../../events/events.ts';
import { formatDuration, formatSize, plural } from './format.ts';
import { type Line, pad, segment, textWidth } from './segments.ts';
import type { Symbols } from './symbols.ts';

export type BuildDone = Extract<LivewrightEvent, { type: 'build-done' }>;

/** `2 steps run, 14 reused, 3 min 12 s saved` */
export function summarizeSteps({ stepsRun, stepsReused, savedMs }: BuildDone): string {
  if (stepsReused === 0) return `${plural(stepsRun, 'step')} run`;
  const saved = savedMs >= 100 ? `, ${formatDuration(savedMs)} saved` : '';
  if (stepsRun === 0) return `nothing to do, ${plural(stepsReused, 'step')} reused${saved}`;
  return `${plural(stepsRun, 'step')} run, ${stepsReused} reused${saved}`;
}

/** The image among the side files: what one boots or writes to a stick. */
export function findImage(outputs: readonly OutputFile[]): OutputFile | undefined {
  return (
    outputs.find(({ path }) => /\.(iso|img)$/.test(path)) ??
    outputs.find(({ path }) => /\.tar(\.[a-z0-9]+)?$/.test(path))
  );
}

export function totalLines(event: BuildDone, symbols: Symbols): readonly Line[] {
  const first: Line = [
    segment(`${symbols.done} `, 'good'),
    segment(`Built in ${formatDuration(event.durationMs)}`, 'bold'),
    segment(`  ${summarizeSteps(event)}`, 'dim'),
  ];
  return [[], first, ...outputLines(event.outputs), ...nextLines(event.outputs), []];
}

function outputLines(outputs: readonly OutputFile[]): readonly Line[] {
  const image = findImage(outputs);
  const width = Math.max(0, ...outputs.map(({ path }) => textWidth(path)));
  return outputs.map((output) => [
    segment(`  ${pad(output.path, width)}`, output === image ? 'accent' : 'dim'),
    segment(`  ${formatSize(output.sizeBytes).padStart(7)}`, output === image ? 'plain' : 'dim'),
  ]);
}

function nextLines(outputs: readonly OutputFile[]): readonly Line[] {
  const has = (pattern: RegExp) => outputs.some(({ path }) => pattern.test(path));
  // Only disk images can be booted or written to a stick as they are.
  const [isDisk, isArchive] = [has(/\.(iso|img)$/), has(/\.netboot\.tar(\.[a-z0-9]+)?$/)];
  const isNetboot = isArchive || has(/^tftpboot\/$/);
  if (!isDisk && !isNetboot) return [];
  const write = [...nextLine('Stick:    ', 'lb write'), segment('   lists the drives; erases nothing yet', 'dim')];
  return [
    [],
    ...(isDisk ? [nextLine('Try it:   ', 'lb run')] : []),
    ...(isDisk || isArchive ? [nextLine('Check it: ', 'lb test')] : []),
    ...(isDisk ? [write] : []),
    ...(isNetboot ? [nextLine('Serve it: ', 'lb serve netboot --interface NAME')] : []),
  ];
}

function nextLine(label: string, command: string): Line {
  return [segment(`  ${label}`, 'dim'), segment(command)];
}

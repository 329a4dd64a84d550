import { type Line, lineWidth, type Tone, textWidth } from './segments.ts';

/** One picture of the terminal and how long it is shown. */
export interface SvgFrame {
  readonly lines: readonly Line[];
  readonly showMs: number;
}

export interface SvgOptions {
  readonly columns: number;
  readonly rows: number;
  /** What has been typed, for the first row. */
  readonly command: string;
}

const cell = { width: 8.4, height: 19, font: 14 } as const;
const margin = { side: 18, top: 44, bottom: 16 } as const;

const colors: Readonly<Record<Tone, string>> = {
  plain: '#d8dee9',
  dim: '#7b869b',
  bold: '#f4f6fa',
  good: '#a3d977',
  bad: '#ff7b72',
  warn: '#f2cc60',
  accent: '#79c0ff',
};

/**
 * A picture of the terminal that plays its frames by CSS alone, so that it moves inside an `<img>`, where scripts do
 * not run. Without animation (print, reduced motion) the last frame is shown.
 */
export function renderSvg(frames: readonly SvgFrame[], { columns, rows, command }: SvgOptions): string {
  const width = Math.ceil(columns * cell.width + 2 * margin.side);
  const height = margin.top + (rows + 1) * cell.height + margin.bottom;
  const prompt: Line = [
    { text: '$ ', tone: 'dim' },
    { text: command, tone: 'bold' },
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(command)} in a terminal">
<style>
text{font:${cell.font}px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
${Object.entries(colors)
  .map(([tone, color]) => `.${tone}{fill:${color}}`)
  .join('')}.bold,.bad{font-weight:bold}
${animate(frames)}</style>
<rect width="100%" height="100%" rx="10" fill="#161b26"/>
${['#ff5f57', '#febc2e', '#28c840'].map((fill, at) => `<circle cx="${22 + at * 20}" cy="20" r="6" fill="${fill}"/>`).join('')}
${drawLine(prompt, 0)}
${frames.map(({ lines }, at) => `<g class="f${at}">${lines.map((line, row) => drawLine(line, row + 1)).join('')}</g>`).join('\n')}
</svg>
`;
}

function animate(frames: readonly SvgFrame[]): string {
  const totalMs = frames.reduce((sum, { showMs }) => sum + showMs, 0);
  const last = frames.length - 1;
  let fromMs = 0;
  const rules = frames.map(({ showMs }, at) => {
    const [from, to] = [fromMs, fromMs + showMs].map((ms) => `${((100 * ms) / totalMs).toFixed(2)}%`);
    fromMs += showMs;
    const steps = `0%{opacity:0}${from}{opacity:1}${at === last ? '' : `${to}{opacity:0}`}`;
    // Of two rules for 0 % the later counts, so the first frame is there at once.
    return `@keyframes k${at}{${steps}}.f${at}{animation:k${at} ${totalMs}ms step-end infinite${at === last ? '' : ';opacity:0'}}`;
  });
  const still = `@media(prefers-reduced-motion:reduce){g{animation:none!important}}`;
  return `${rules.join('\n')}\n${still}\n`;
}

function drawLine(line: Line, row: number): string {
  if (lineWidth(line) === 0) return '';
  const y = margin.top + (row + 0.75) * cell.height;
  let column = 0;
  const spans = line.flatMap(({ text, tone }) => {
    const start = column;
    column += textWidth(text);
    return splitWords(text).map(({ at, words }) => {
      const x = margin.side + (start + at) * cell.width;
      // A length for each piece keeps the columns in line whatever font the reader has.
      const length = textWidth(words) * cell.width;
      return `<tspan class="${tone}" x="${x.toFixed(1)}" textLength="${length.toFixed(1)}">${escapeXml(words)}</tspan>`;
    });
  });
  return `<text y="${y.toFixed(1)}">${spans.join('')}</text>`;
}

interface Words {
  readonly at: number;
  readonly words: string;
}

/** The pieces between runs of blanks, and the columns they begin in: viewers differ in what they make of several blanks. */
function splitWords(text: string): readonly Words[] {
  return [...text.matchAll(/\S+(?: \S+)*/g)].map((match) => ({
    at: textWidth(text.slice(0, match.index)),
    words: match[0],
  }));
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

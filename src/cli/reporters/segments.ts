/** How a piece of text looks. What that means in colours is the painter's business (terminal, SVG). */
export type Tone = 'plain' | 'dim' | 'bold' | 'good' | 'bad' | 'warn' | 'accent';

export interface Segment {
  readonly text: string;
  readonly tone: Tone;
}

/** One row of the screen, without its end of line. */
export type Line = readonly Segment[];

// CSI and OSC sequences, then any two-character escape. ECMA-48, 5.4 and 8.3.89.
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)/g;
const controls = /[\u0000-\u001f\u007f-\u009f]/g;

/** Text that cannot move the cursor or colour the screen, whoever wrote it (package names, program output). */
export function cleanText(text: string): string {
  return text.replace(escapes, '').replaceAll('\t', '    ').replace(controls, '');
}

export function segment(text: string, tone: Tone = 'plain'): Segment {
  return { text: cleanText(text), tone };
}

/** Columns taken, counting each code point as one. */
export function textWidth(text: string): number {
  return [...text].length;
}

export function lineWidth(line: Line): number {
  return line.reduce((width, part) => width + textWidth(part.text), 0);
}

export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width <= 0) return '';
  return `${[...text].slice(0, width - 1).join('')}…`;
}

/** Exactly `width` columns: cut with "…" or filled with blanks. */
export function pad(text: string, width: number): string {
  const cut = truncate(text, width);
  return cut + ' '.repeat(Math.max(0, width - textWidth(cut)));
}

/** The line cut to `width` columns; the "…" takes the tone of what it cuts. */
export function fitLine(line: Line, width: number): Line {
  if (lineWidth(line) <= width) return line;
  const fitted: Segment[] = [];
  let left = width;
  for (const part of line) {
    const partWidth = textWidth(part.text);
    // A part that ends exactly at the edge would hide that more follows, so it gives up its last column.
    if (partWidth >= left) {
      fitted.push({ text: truncate(`${part.text} `, left), tone: part.tone });
      return fitted;
    }
    fitted.push(part);
    left -= partWidth;
  }
  return fitted;
}

export function lineText(line: Line): string {
  return line.map((part) => part.text).join('');
}

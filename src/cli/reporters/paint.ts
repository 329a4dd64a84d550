import type { Line, Tone } from './segments.ts';
import { lineText } from './segments.ts';

/** SGR parameters: only the 8 basic colours and attributes, so that the user's own theme decides. ECMA-48, 8.3.117. */
const sgr: Readonly<Record<Tone, string>> = {
  plain: '',
  dim: '2',
  bold: '1',
  good: '32',
  bad: '31;1',
  warn: '33',
  accent: '36',
};

export type Painter = (line: Line) => string;

export const paintPlain: Painter = lineText;

export const paintColor: Painter = (line) =>
  line.map(({ text, tone }) => (sgr[tone] === '' ? text : `\u001b[${sgr[tone]}m${text}\u001b[0m`)).join('');

import type { Output } from './reporter.ts';

export interface Screen extends Output {
  /** What a person sees, and what has scrolled out above, without blanks at the ends. */
  text(): string;
  /** Every byte that was written. */
  written(): string;
  /** As a terminal does that wraps anew: rows longer than the new width take several. */
  resize(columns: number): void;
}

/** A terminal for tests: understands just the control codes that reporters may use, and throws at any other. */
export function createScreen(columns: number, rows: number): Screen {
  let lines: string[] = [''];
  let row = 0;
  let column = 0;
  let written = '';
  let width = columns;

  const put = (character: string) => {
    if (column >= width) newLine();
    lines[row] = (lines[row] ?? '').slice(0, column) + character;
    column += 1;
  };
  const newLine = () => {
    row += 1;
    column = 0;
    lines[row] ??= '';
  };
  const control = (code: string) => {
    const up = /^\[(\d+)A$/.exec(code);
    if (up !== null) row = Math.max(0, row - Number(up[1]));
    else if (code === '[J') lines = [...lines.slice(0, row), (lines[row] ?? '').slice(0, column)];
    else if (!/^\[(\d+(;\d+)*m|\?2026[hl])$/.test(code))
      throw new Error(`Unknown control code ${JSON.stringify(code)}.`);
  };

  return {
    isTTY: true,
    get columns() {
      return width;
    },
    rows,
    write: (text) => {
      written += text;
      for (const [token] of text.matchAll(/\u001b(\[[?0-9;]*[A-Za-z])|[^\u001b]/gu)) {
        if (token === '\n') newLine();
        else if (token === '\r') column = 0;
        else if (token.startsWith('\u001b')) control(token.slice(1));
        else put(token);
      }
    },
    resize: (to) => {
      width = to;
      lines = lines.flatMap((line) => (line === '' ? [''] : (line.match(new RegExp(`.{1,${to}}`, 'gu')) ?? [''])));
      row = lines.length - 1;
    },
    text: () =>
      lines
        .map((line) => line.trimEnd())
        .join('\n')
        .trimEnd(),
    written: () => written,
  };
}

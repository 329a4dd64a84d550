import type { Painter } from './paint.ts';
import type { Output } from './reporter.ts';
import { fitLine, type Line, lineWidth } from './segments.ts';

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** Scrolls `finished` up and draws `live` below, in one write. */
  draw(finished: readonly Line[], live: readonly Line[]): void;
}

// Terminals that know it show the whole frame at once; others ignore it. Private mode 2026, "synchronized output".
const beginFrame = '\u001b[?2026h';
const endFrame = '\u001b[?2026l';

/**
 * Draws a live part at the bottom of what has been written. The cursor always rests on the empty row below it and is
 * never hidden, so that nothing is left to repair after any death, `kill -9` included.
 */
export function createTerminal(output: Output, paint: Painter): Terminal {
  let drawn: readonly Line[] = [];
  let previousFrame = '';
  const columns = () => Math.max(20, output.columns ?? 80);
  return {
    get columns() {
      return columns();
    },
    get rows() {
      return Math.max(4, output.rows ?? 24);
    },
    draw: (finished, live) => {
      // One column stays free: a full row would make some terminals wrap at once and others later.
      const fitted = live.map((line) => fitLine(line, columns() - 1));
      const frame = [...finished, ...fitted].map((line) => `${paint(line)}\n`).join('');
      const isSame = finished.length === 0 && frame === previousFrame;
      if (isSame) return;
      output.write(beginFrame + eraseRows(rowsTaken(drawn, columns())) + frame + endFrame);
      drawn = fitted;
      previousFrame = fitted.map((line) => `${paint(line)}\n`).join('');
    },
  };
}

/** Rows that lines take now: after the window was made narrower the terminal has wrapped them. */
function rowsTaken(lines: readonly Line[], columns: number): number {
  return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(lineWidth(line) / columns)), 0);
}

// CUU (cursor up) and ED (erase below). ECMA-48, 8.3.22 and 8.3.39.
function eraseRows(count: number): string {
  return count === 0 ? '' : `\r\u001b[${count}A\u001b[J`;
}

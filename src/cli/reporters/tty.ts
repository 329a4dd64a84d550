import type { LivewrightEvent } from '../../events/events.ts';
import { redactEvent } from '../../events/redact.ts';
import { renderEntry } from './entries.ts';
import { type Painter, paintColor, paintPlain } from './paint.ts';
import { type Look, render } from './render.ts';
import { createErrorMemory, type Output, type Reporter } from './reporter.ts';
import { fitLine, type Line } from './segments.ts';
import { type Entry, initialState, reduce } from './state.ts';
import { asciiSymbols, type Symbols, unicodeSymbols } from './symbols.ts';
import { createTerminal } from './terminal.ts';

export interface TtyOptions {
  readonly color: boolean;
  /** The terminal's font has braille and line drawing. */
  readonly unicode: boolean;
  /** Show programs' output too. */
  readonly verbose: boolean;
  readonly now?: () => number;
}

// Ten frames a second: fast enough to look alive, slow enough for a serial line.
const frameMs = 100;

export interface TtyReporter extends Reporter {
  /** Draws now, as the timer does ten times a second. */
  refresh(): void;
}

/** The reporter for a person at a terminal. Writes nothing, and starts no timer, before the first event. */
export function createTtyReporter(output: Output, options: TtyOptions): TtyReporter {
  const screen = createScreen(output, options);
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    output.off?.('resize', screen.draw);
  };
  const begin = () => {
    // The timer must not keep the program alive: a command that has ended has ended.
    timer = setInterval(screen.draw, frameMs).unref();
    output.on?.('resize', screen.draw);
  };
  return {
    listen: (event) => {
      screen.take(redactEvent(event));
      const isLast = event.type === 'build-done' || event.type === 'build-failed';
      if (isLast || event.type === 'terminal-lent') screen.draw();
      if (event.type === 'terminal-lent') stop();
      else if (!isLast && timer === undefined) begin();
    },
    close: () => {
      stop();
      screen.end();
    },
    hasShown: screen.hasShown,
    refresh: screen.draw,
  };
}

interface Screen {
  take(event: LivewrightEvent): void;
  draw(): void;
  /** Leaves only what has scrolled up. */
  end(): void;
  hasShown: Reporter['hasShown'];
}

function createScreen(output: Output, { color, unicode, verbose, now = Date.now }: TtyOptions): Screen {
  const paint: Painter = color ? paintColor : paintPlain;
  const terminal = createTerminal(output, paint);
  const symbols: Symbols = unicode ? unicodeSymbols : asciiSymbols;
  const errors = createErrorMemory();
  let state = initialState;
  let waiting: Line[] = [];
  const look = (): Look => ({ symbols, rows: terminal.rows - 1 });
  const scroll = (entries: readonly Entry[]) => {
    const context = { width: terminal.columns - 1, look: look(), isErrorShown: errors.has };
    waiting.push(
      ...entries.flatMap((entry) => renderEntry(entry, context).map((line) => cutEntry(entry, line, context))),
    );
  };
  const flush = (live: readonly Line[]) => {
    terminal.draw(waiting, live);
    waiting = [];
  };
  return {
    take: (event) => {
      if (event.type === 'step-output' && !verbose) return;
      const change = reduce(state, event, now());
      state = change.state;
      scroll(change.entries);
      errors.note(event);
    },
    draw: () => flush(render(state, terminal.columns - 1, now(), look())),
    end: () => {
      if (state.reused.steps.length > 0) scroll([state.reused]);
      state = initialState;
      flush([]);
    },
    hasShown: errors.has,
  };
}

/** Rows of the list of steps are cut to the width; what a user may want to copy is wrapped by the terminal instead. */
function cutEntry({ type }: Entry, line: Line, { width }: { width: number }): Line {
  const isRow = type === 'step-done' || type === 'reused-row' || type === 'step-output';
  return isRow ? fitLine(line, width) : line;
}

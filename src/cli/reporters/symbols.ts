export interface Symbols {
  readonly spinner: readonly string[];
  readonly done: string;
  readonly failed: string;
  readonly warning: string;
  readonly note: string;
  readonly output: string;
  readonly barFull: string;
  readonly barEmpty: string;
  readonly separator: string;
}

export const unicodeSymbols: Symbols = {
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  done: '✓',
  failed: '✗',
  warning: '!',
  note: '·',
  output: '│',
  barFull: '━',
  barEmpty: '─',
  separator: ' · ',
};

/** For the kernel's own console, whose font has neither braille nor heavy lines. */
export const asciiSymbols: Symbols = {
  spinner: ['|', '/', '-', '\\'],
  done: '+',
  failed: 'x',
  warning: '!',
  note: '-',
  output: '|',
  barFull: '#',
  barEmpty: '.',
  separator: ', ',
};

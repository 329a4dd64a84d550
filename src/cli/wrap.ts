/** `text` in lines of at most `width` characters, broken at blanks; a longer word has a line of its own. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > width && line !== '') {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** The width help is set in: that of the terminal, but no longer than people like to read. */
export function helpWidth(columns: number | undefined): number {
  return Math.max(40, Math.min(100, (columns ?? 80) - 1));
}

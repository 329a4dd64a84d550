/** A table; the cells are Markdown. */
export function table(heads, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(heads) + line(heads.map(() => '---')) + rows.map(line).join('');
}

export function code(text) {
  return text === '' ? '' : `\`${text}\``;
}

export function block(text) {
  return `\`\`\`\n${text.trimEnd()}\n\`\`\`\n`;
}

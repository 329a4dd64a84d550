/** Text for a line of its own: nothing in it means anything to roff. */
export function text(value) {
  return escapeText(value).replace(/^(?=[.'])/, '\\&');
}

export function escapeText(value) {
  return value
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', '\\(cq')
    .replaceAll('…', '\\&...')
    .replaceAll('"', '\\(dq')
    .replaceAll(/[^\x20-\x7e]/g, (char) => `\\[u${char.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);
}

export const bold = (value) => `\\fB${escapeText(value)}\\fR`;
export const italic = (value) => `\\fI${escapeText(value)}\\fR`;

/** A paragraph with its term hanging out. */
export function entry(term, lines) {
  return ['.TP', term, ...lines].join('\n');
}

export function section(title, parts) {
  return parts.length === 0 ? [] : [`.SH ${title}`, ...parts];
}

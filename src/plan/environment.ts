import { LivewrightError } from '../errors.ts';

/**
 * Reads words `NAME=value`, one or several a line, where a line that begins with `#` is a comment. As in live-build
 * nothing is expanded; but quotes, which live-build makes part of the value, keep blanks together and fall away.
 * Throws CONFIG_SYNTAX for any other word.
 */
export function parseEnvironment(text: string, path: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trimStart().startsWith('#')) continue;
    for (const [word] of line.matchAll(/(?:"[^"]*"|'[^']*'|\S)+/g)) {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(word) ?? [];
      if (name === undefined || value === undefined) throw notVariable(word, { path, line: index + 1 });
      variables[name] = value.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2');
    }
  }
  return variables;
}

function notVariable(word: string, place: { readonly path: string; readonly line: number }): LivewrightError {
  return new LivewrightError('CONFIG_SYNTAX', {
    message: `Expected NAME=value, found "${word}".`,
    hint: 'Write one variable a line, and quotes around a value with blanks: NAME="two words".',
    place,
  });
}

/**
 * The words of `--apt-options` for apt's command line while packages are chosen. Quiet is left out, since what apt says
 * is read, and so is what would make it do something else than choose.
 */
export function choosingOptions(text: string): string[] {
  return splitWords(text).filter(
    (word) => !/^(-q+(=\d+)?|--quiet(=\d+)?|-s|--simulate|-d|--download-only)$/.test(word),
  );
}

/** Words as a shell splits them; quotes keep blanks together. */
export function splitWords(text: string): string[] {
  const words = [...text.matchAll(/(?:"[^"]*"|'[^']*'|\S)+/g)].map(([word]) => word);
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}

/** `-o NAME=VALUE` in all its spellings (apt-get(8)); names in lower case, those of lists with `::` at the end. */
export function settingsOfOptions(text: string): [name: string, value: string][] {
  const words = splitWords(text);
  const found = words.flatMap((word, index) => {
    if (words[index - 1] === '-o' || words[index - 1] === '--option') return [word];
    const [, setting] = /^(?:-o=?|--option=)(.+)$/.exec(word) ?? [];
    return setting === undefined ? [] : [setting];
  });
  return found.map((setting) => splitSetting(setting));
}

function splitSetting(setting: string): [string, string] {
  const at = setting.indexOf('=');
  return at < 0 ? [setting.toLowerCase(), ''] : [setting.slice(0, at).toLowerCase(), setting.slice(at + 1)];
}

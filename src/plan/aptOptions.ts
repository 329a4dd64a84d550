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

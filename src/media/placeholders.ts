/** A placeholder and what stands for it. */
export type Substitutions = readonly (readonly [placeholder: string, value: string])[];

/** Replaces every occurrence, as live-build does in Syslinux's files. */
export function substituteAll(text: string, substitutions: Substitutions): string {
  return substitutions.reduce((current, [placeholder, value]) => current.replaceAll(placeholder, () => value), text);
}

/** Replaces the first occurrence on each line, one placeholder after the other, as live-build does in GRUB's files. */
export function substituteFirstOnLine(text: string, substitutions: Substitutions): string {
  const inLine = (line: string) =>
    substitutions.reduce((current, [placeholder, value]) => current.replace(placeholder, () => value), line);
  return mapLines(text, inLine);
}

/** Puts `block`, indented like it, in place of every line that contains `marker`; an empty block removes the line. */
export function replaceLines(text: string, marker: string, block: string): string {
  const inLine = (line: string) => {
    if (!line.includes(marker)) return [line];
    const indent = /^\s*/.exec(line)?.[0] ?? '';
    return block === '' ? [] : block.split('\n').map((part) => (part === '' ? part : indent + part));
  };
  return text.split('\n').flatMap(inLine).join('\n');
}

/**
 * What live-build does to GRUB's files last: no double slash in paths, no blank at a line's end. It also breaks `http://`, which
 * we do not.
 */
export function tidyGrub(text: string): string {
  return mapLines(text, (line) => line.replace(/(?<!:)\/\//g, '/').replace(/ $/, ''));
}

function mapLines(text: string, change: (line: string) => string): string {
  return text.split('\n').map(change).join('\n');
}

import { LivewrightError } from '../errors.ts';
import { ShellReader, ShellSyntaxError } from './shellWord.ts';

export interface Assignment {
  readonly name: string;
  readonly value: string;
  /** 1-based. */
  readonly line: number;
  /** The text of the comment line directly above, without `#` and blanks around. */
  readonly comment: string | undefined;
}

export interface ShellVariables {
  /** In the order of the file; the last of a name counts. */
  readonly assignments: readonly Assignment[];
  /** CONFIG_SYNTAX for each line that could not be read. */
  readonly problems: readonly LivewrightError[];
}

export interface ShellFile {
  /** For messages, relative to the build directory. */
  readonly path: string;
  readonly text: string;
  /** Variables that the file does not set itself; default: none. */
  readonly lookup?: (name: string) => string | undefined;
}

/**
 * Reads `NAME=value` lines as sh would, without ever executing anything: quotes, escapes, comments, continued lines,
 * `export`, several assignments on a line, `$NAME`, `${NAME}` and `${NAME:-default}`. Everything else is a problem with its line:
 * command substitution, commands, redirections.
 */
export function parseShellVariables({ path, text, lookup = () => undefined }: ShellFile): ShellVariables {
  const assignments: Assignment[] = [];
  const problems: LivewrightError[] = [];
  const reader = new ShellReader(text, lookup);
  let comment: { text: string; line: number } | undefined;

  while (!reader.isAtEnd) {
    const line = reader.line;
    try {
      const found = reader.readStatement();
      if (found.comment !== undefined && found.assignments.length === 0) comment = { text: found.comment, line };
      for (const { name, value } of found.assignments) {
        assignments.push({ name, value, line, comment: comment?.line === line - 1 ? comment.text : undefined });
      }
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      problems.push(toProblem(error, { path, line: error.line }));
      reader.skipLine();
    }
  }
  return { assignments, problems };
}

function toProblem(error: ShellSyntaxError, place: { path: string; line: number }): LivewrightError {
  return new LivewrightError('CONFIG_SYNTAX', { message: error.message, hint: error.hint, place });
}

/**
 * The text that sh, and so live-build, reads back as exactly `value`. Four characters have a meaning between double
 * quotes: `"`, `$`, `` ` `` and the backslash. A value cannot hold a NUL byte.
 */
export function quoteShell(value: string): string {
  return `"${value.replaceAll(/["$`\\]/g, '\\$&')}"`;
}

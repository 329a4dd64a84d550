/** A configuration that both programs are given, in a new directory each. */
export interface Row {
  /** The words after `lb config` of each run, one after the other in the same directory. */
  readonly runs: readonly (readonly string[])[];
  /** What is in the build directory before; a file below `auto/` is executable. */
  readonly files?: Readonly<Record<string, string>>;
  /** What is in /etc/live. */
  readonly system?: Readonly<Record<string, string>>;
  /** A repository with these files on its branch `own`, whose URL is what `@REPOSITORY@` in the words stands for. */
  readonly repository?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Leaves suite and mirrors unset, which are set in the environment otherwise. */
  readonly isBare?: true;
  /** Who does which run, where it is not each its own: `theirs` for a tree that live-build wrote and ours goes on with. */
  readonly begunBy?: 'ours' | 'theirs';
  /** Compare the package lists after expansion too. */
  readonly hasLists?: true;
  /** Both are to warn in their last run. */
  readonly warns?: true;
  /** What differs, by its name in `docs/differences.md`, besides what differs always. */
  readonly differences?: readonly string[];
}

export type Rows = Readonly<Record<string, Row>>;

/** One run of `lb config` with these words. */
export function run(...words: readonly string[]): Row {
  return { runs: [words] };
}

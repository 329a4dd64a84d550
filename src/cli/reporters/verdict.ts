export interface VerdictText {
  readonly isGood: boolean;
  readonly summary: string;
}

/**
 * What to say of a boot's verdict, which is the room of `vm/` and arrives as plain JSON: `true`/`false`, a word, or an object with
 * a boolean (`ok`, `passed`, `good`) or a word (`verdict`, else `outcome`), and a sentence (`summary`, `message`).
 */
export function describeVerdict(verdict: unknown): VerdictText {
  if (typeof verdict === 'boolean') return { isGood: verdict, summary: verdict ? 'passed' : 'failed' };
  if (typeof verdict === 'string') return { isGood: isGoodWord(verdict), summary: verdict };
  if (typeof verdict !== 'object' || verdict === null) return { isGood: false, summary: 'no verdict' };
  const fields = new Map(Object.entries(verdict));
  const word = firstOf(fields, ['verdict', 'outcome', 'status', 'kind'], isText) ?? '';
  const isGood = firstOf(fields, ['ok', 'passed', 'good', 'isGood'], isFlag) ?? isGoodWord(word);
  const summary = firstOf(fields, ['summary', 'message', 'sentence', 'detail'], isText);
  return { isGood, summary: summary ?? (word || (isGood ? 'passed' : 'failed')) };
}

function isGoodWord(word: string): boolean {
  return ['ok', 'pass', 'passed', 'good', 'login', 'booted', 'up'].includes(word);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function firstOf<T>(
  fields: ReadonlyMap<string, unknown>,
  names: readonly string[],
  matches: (value: unknown) => value is T,
): T | undefined {
  return names.map((name) => fields.get(name)).find(matches);
}

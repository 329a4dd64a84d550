import { LivewrightError } from '../errors.ts';

/** Throws the problems that were found, all at once; does nothing if there are none. */
export function throwProblems(problems: readonly LivewrightError[]): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  if (others.length === 0) throw first;
  throw new LivewrightError(first.code, {
    message: problems.map(describe).join('\n'),
    data: { problems: problems.map((problem) => problem.toJSON()) },
  });
}

function describe({ place, message, hint }: LivewrightError): string {
  const where = place === undefined ? '' : `${place.path}${place.line === undefined ? '' : `:${place.line}`}: `;
  return `${where}${message}${hint === undefined ? '' : ` ${hint}`}`;
}

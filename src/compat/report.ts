import { type Differences, isSame } from './compare.ts';

const shownNames = 20;

/** The comparison for people: a paragraph for each list. `all`: with every name. */
export function renderComparison(sections: readonly Differences[], all: boolean): string {
  const same = sections.every(isSame);
  const verdict = same ? 'The two builds are the same, as far as this looks.' : 'The two builds differ.';
  return `${sections.map((section) => renderSection(section, all)).join('\n')}\n${verdict}\n`;
}

function renderSection(section: Differences, all: boolean): string {
  const { title, countThere, countHere, onlyThere, onlyHere, changed, expected } = section;
  const head = `${title}: ${countThere} there, ${countHere} here${isSame(section) ? ', the same' : ''}\n`;
  const changes = changed.map(({ name, there, here }) => `${name}\n      there: ${there}\n      here:  ${here}`);
  const reasons = [...expected].map(([reason, names]) => `  ${names.length} differ as expected: ${reason}\n`);
  return [
    head,
    list('only there', onlyThere, all),
    list('only here', onlyHere, all),
    list('other', changes, all),
    ...reasons,
  ].join('');
}

function list(label: string, names: readonly string[], all: boolean): string {
  if (names.length === 0) return '';
  const shown = all ? names : names.slice(0, shownNames);
  const more = names.length - shown.length;
  const lines = shown.map((name) => `    ${name}\n`).join('');
  return `  ${label} (${names.length}):\n${lines}${more > 0 ? `    and ${more} more (--all shows them)\n` : ''}`;
}

import type { ErrorReport } from '../events/events.ts';

/** `config/common:14: `, or nothing. The form editors and terminals make clickable. */
export function formatPlace(place: ErrorReport['place']): string {
  if (place === undefined) return '';
  return place.line === undefined ? `${place.path}: ` : `${place.path}:${place.line}: `;
}

/** `lb: PLACE: SENTENCE` and below it the remedy and the code. */
export function formatError(error: ErrorReport): string {
  const sentence = `lb: ${formatPlace(error.place)}${error.message}`;
  return error.hint === undefined
    ? `${sentence}   [${error.code}]`
    : `${sentence}\n    ${error.hint}   [${error.code}]`;
}

import { type Meaning, type ObsoleteRow, obsoleteOptions } from './options/obsolete.ts';
import { rowOf } from './options.ts';
import type { ConfigWarning, FileSettings } from './settings.ts';

const rowByVariable: ReadonlyMap<string, ObsoleteRow> = new Map(
  obsoleteOptions.map((row) => [`LB_${row.long.toUpperCase().replaceAll('-', '_')}`, row] as const),
);

/**
 * Words on variables of live-build, and live-helper before it, that no option stands for. Those of earlier days that still would mean something get their own; of all others,
 * of which trees that earlier live-builds wrote set dozens, there is one word per file.
 */
export function unknownVariables(files: readonly FileSettings[]): ConfigWarning[] {
  return files.flatMap(({ unknown }) => {
    const found = [...unknown].filter(([name]) => /^L[BH]_/.test(name));
    const missed = found.flatMap(([name, { value, place }]): ConfigWarning[] => {
      const row = rowByVariable.get(name);
      const meaning = value === '' ? undefined : row?.means?.(value);
      if (row === undefined || meaning === undefined || isUnset(meaning)) return [];
      return [{ message: `No option reads ${name}: it ${row.obsolete}.`, hint: advise(meaning), place }];
    });
    const others = found.filter(([, { place }]) => !missed.some((warning) => warning.place?.line === place.line));
    const [first] = others;
    if (first === undefined) return missed;
    const names = others.map(([name]) => name).join(', ');
    return [...missed, { message: `No option reads ${names}.`, hint: 'Hooks still can.', place: first[1].place }];
  });
}

function isUnset(meaning: Meaning): boolean {
  return 'lines' in meaning && meaning.lines.length === 0;
}

function advise(meaning: Meaning): string {
  if ('lines' in meaning) return `Write into config/package-lists/own.list.chroot: ${meaning.lines.join(', ')}.`;
  return `Run lb config --${rowOf(meaning.option).long} "${meaning.text}".`;
}

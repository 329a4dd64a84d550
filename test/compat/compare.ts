import { everywhere, type Mismatch, named } from './differences.ts';
import type { Facts } from './observe.ts';
import type { Row } from './row.ts';

/** What is not the same. Where only one side went through with it, or can be read, that is all there is to say. */
export function compareFacts(ours: Facts, theirs: Facts): Mismatch[] {
  const facts = [...new Set([...ours.keys(), ...theirs.keys()])];
  const mismatches = facts
    .map((fact) => ({ fact, ours: ours.get(fact), theirs: theirs.get(fact) }))
    .filter((mismatch) => mismatch.ours !== mismatch.theirs);
  const whole = mismatches.find(({ fact }) => fact === 'outcome' || fact === 'option files');
  return whole === undefined ? mismatches : [whole];
}

export interface NamedMismatches {
  /** Of the differences that the row lists, those that occur. */
  readonly names: readonly string[];
  /** `FACT: OURS | THEIRS` of all others. */
  readonly unexplained: readonly string[];
}

/** Finds the difference behind each mismatch. */
export function nameMismatches(mismatches: readonly Mismatch[], row: Row): NamedMismatches {
  const names = new Set<string>();
  const unexplained: string[] = [];
  for (const mismatch of mismatches) {
    if (Object.values(everywhere).some((accepts) => accepts(mismatch))) continue;
    const name = (row.differences ?? []).find((candidate) => named[candidate]?.(mismatch));
    if (name === undefined) unexplained.push(`${mismatch.fact}: ${mismatch.ours} | ${mismatch.theirs}`);
    else names.add(name);
  }
  return { names: [...names].sort(), unexplained };
}

import { canonicalJson } from '../store/canonical.ts';
import { parseDigest } from '../store/digest.ts';
import type { Json } from '../store/types.ts';

export interface Difference {
  /** Where in the inputs, `scripts[2].digest`, counted in the newer value; empty for the step as a whole. */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: Json;
  readonly after?: Json;
  /** One line for people: `inputs.packages: added nano 8.4-1`. */
  readonly text: string;
}

type JsonObject = { readonly [name: string]: Json };
interface Pair {
  readonly before: Json;
  readonly after: Json;
}

/** Every difference between two JSON values, at the deepest place that both have. */
export function compareJson(path: string, { before, after }: Pair): Difference[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (isList(before) && isList(after)) return compareLists(path, before, after);
  if (isObject(before) && isObject(after)) return compareObjects(path, before, after);
  const text = `${place(path)} was ${describe(before)}, is ${describe(after)}`;
  return [{ path, kind: 'changed', before, after, text }];
}

function compareObjects(path: string, before: JsonObject, after: JsonObject): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const inside = path === '' ? name : `${path}.${name}`;
    const [old, now] = [before[name], after[name]];
    if (old === undefined) return [added(inside, now ?? null, place(path), name)];
    if (now === undefined) return [removed(inside, old, place(path), name)];
    return compareJson(inside, { before: old, after: now });
  });
}

/**
 * Lists of things with names (or of texts) are compared by name, so that one more package is one difference and not a
 * shift of all that follow. Others are compared place by place.
 */
function compareLists(path: string, before: readonly Json[], after: readonly Json[]): Difference[] {
  const old = indexByIdentity(before);
  const now = indexByIdentity(after);
  if (!old || !now) return compareByPlace(path, before, after);
  const differences: Difference[] = [];
  for (const [identity, { index, value }] of now) {
    const match = old.get(identity);
    const inside = `${path}[${index}]`;
    if (!match) differences.push(added(inside, value, place(path)));
    else differences.push(...compareJson(inside, { before: match.value, after: value }));
  }
  for (const [identity, { index, value }] of old) {
    if (!now.has(identity)) differences.push(removed(`${path}[${index}]`, value, place(path)));
  }
  if (differences.length > 0) return differences;
  return [{ path, kind: 'changed', before, after, text: `${place(path)}: the order changed` }];
}

function compareByPlace(path: string, before: readonly Json[], after: readonly Json[]): Difference[] {
  const length = Math.max(before.length, after.length);
  return Array.from({ length }, (_, i) => i).flatMap((i) => {
    const [old, now] = [before[i], after[i]];
    const inside = `${path}[${i}]`;
    if (old === undefined) return [added(inside, now ?? null, place(path))];
    if (now === undefined) return [removed(inside, old, place(path))];
    return compareJson(inside, { before: old, after: now });
  });
}

function indexByIdentity(list: readonly Json[]): Map<string, { index: number; value: Json }> | undefined {
  const index = new Map<string, { index: number; value: Json }>();
  for (const [i, value] of list.entries()) {
    const identity = identify(value);
    if (identity === undefined || index.has(identity)) return undefined;
    index.set(identity, { index: i, value });
  }
  return index;
}

function identify(value: Json): string | undefined {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return undefined;
  const name = [value['name'], value['package'], value['path']].find((candidate) => typeof candidate === 'string');
  return name === undefined ? undefined : String(name);
}

function added(path: string, after: Json, where: string, name?: string): Difference {
  return { path, kind: 'added', after, text: `${where}: added ${label(after, name)}` };
}

function removed(path: string, before: Json, where: string, name?: string): Difference {
  return { path, kind: 'removed', before, text: `${where}: removed ${label(before, name)}` };
}

function label(value: Json, name?: string): string {
  return name === undefined ? describe(value) : `${name} (${describe(value)})`;
}

function place(path: string): string {
  return path === '' ? 'inputs' : `inputs.${path}`;
}

/** A value in few words: name and version of a thing, the start of a digest. */
function describe(value: Json): string {
  if (typeof value === 'string') return parseDigest(value) ? `${value.slice(0, 12)}…` : shorten(value);
  if (!isObject(value)) return shorten(JSON.stringify(value));
  const name = identify(value);
  if (name === undefined) return shorten(JSON.stringify(value));
  return typeof value['version'] === 'string' ? `${name} ${value['version']}` : name;
}

function shorten(text: string): string {
  // Blanks at the ends would not be seen.
  const line = (text.trim() === text && text !== '' ? text : JSON.stringify(text)).replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

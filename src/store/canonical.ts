import type { Json } from './types.ts';

/**
 * The one text of a JSON value: keys sorted by UTF-16 code units, no white space, numbers as ECMAScript writes them
 * (the order and number form of RFC 8785). Equal values give equal text, so its hash can stand for the value.
 *
 * Refuses what JSON cannot say (undefined, NaN, functions, dates, maps, cycles) with a plain Error that names the
 * place: something that silently fell out of a key would make two different works look the same.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '', []);
}

/** The value as it would come back from the store: plain, with nothing that JSON cannot hold. */
export function normalizeJson(value: unknown): Json {
  return JSON.parse(canonicalJson(value)) as Json;
}

function write(value: unknown, path: string, ancestors: readonly object[]): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return writeNumber(value, path);
  if (typeof value !== 'object') throw notJson(path, value === undefined ? 'undefined' : `a ${typeof value}`);
  if (ancestors.includes(value)) throw notJson(path, 'a part of itself');
  const inside = [...ancestors, value];
  if (Array.isArray(value))
    return `[${Array.from(value, (item, i) => write(item, `${path}[${i}]`, inside)).join(',')}]`;
  if (!isPlainObject(value)) throw notJson(path, `an object of type ${value.constructor?.name ?? 'unknown'}`);
  const members = Object.keys(value)
    .sort()
    .map(
      (name) => `${JSON.stringify(name)}:${write((value as Record<string, unknown>)[name], `${path}.${name}`, inside)}`,
    );
  return `{${members.join(',')}}`;
}

function writeNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) throw notJson(path, String(value));
  return JSON.stringify(value);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function notJson(path: string, what: string): Error {
  return new Error(`Not JSON: ${path === '' ? 'the value' : path.replace(/^\./, '')} is ${what}.`);
}

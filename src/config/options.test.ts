import { expect, test } from 'vitest';
import { commandLineRows } from './commandLine.ts';
import { fileLayout } from './fileLayout.ts';
import { optionNames, rowOf } from './options.ts';
import { resolveValues } from './resolveValues.ts';
import { host } from './tree.testing.ts';

test('every option stands once in the layout of its file, and nowhere else', () => {
  const laidOut = Object.entries(fileLayout).flatMap(([file, names]) => names.map((name) => `${file} ${name}`));
  const stored = optionNames.filter((name) => rowOf(name).file !== 'none');
  expect(laidOut.sort()).toEqual(stored.map((name) => `${rowOf(name).file} ${name}`).sort());
});

test('no two options share a name, a letter or a variable', () => {
  const longs = commandLineRows.flatMap(({ long, aliases = [] }) => [long, ...aliases]);
  const shorts = commandLineRows.flatMap(({ short }) => short ?? []);
  const variables = optionNames.flatMap((name) => [rowOf(name).variable, ...(rowOf(name).oldVariables ?? [])]);
  for (const names of [longs, shorts, variables]) expect(names.length).toBe(new Set(names).size);
});

test('the values of every default, and their text, are what their option accepts', () => {
  const values = resolveValues({}, host);
  for (const name of optionNames) {
    const { type } = rowOf(name);
    const text = type.format(values[name]);
    // Empty means "by default" and is never parsed.
    if (text !== '') expect([name, type.parse(text)]).toEqual([name, values[name]]);
  }
});

test('an option without a long name has no letter, and a switch says what it means', () => {
  for (const row of optionNames.map(rowOf)) {
    if (row.long === undefined) expect(row.short).toBeUndefined();
    else expect([row.long, row.placeholder !== undefined]).toEqual([row.long, row.switchValue === undefined]);
  }
});

import { expect, test } from 'vitest';
import {
  findDefaultExports,
  findExits,
  findProgramStarters,
  findRoomCycles,
  findUpwardImports,
  type Sources,
} from './imports.ts';
import { readSources } from './sources.ts';

const sources = readSources();

const rules = {
  'imports run downwards: cli, plan, steps, the middle rooms, events, errors': findUpwardImports,
  'only src/sandbox/ starts programs': findProgramStarters,
  'only src/cli/main.ts ends the process': findExits,
  'there are no default exports': findDefaultExports,
  'no rooms import one another in a circle': findRoomCycles,
};

test.each(Object.entries(rules))('%s', (_, find) => {
  expect(sources.has('cli/main.ts')).toBe(true);
  expect(find(sources)).toEqual([]);
});

const tree = (files: Record<string, string>): Sources => new Map(Object.entries(files));

test.each([
  ['a room below imports one above', { 'store/a.ts': "import { b } from '../steps/b.ts';" }],
  ['also as a type', { 'store/a.ts': "import type { B } from '../plan/b.ts';" }],
  ['also while running', { 'steps/a.ts': "await import('../cli/b.ts');" }],
  ['also by re-export', { 'events/a.ts': "export { b } from '../store/b.ts';" }],
  ['a room nobody gave a layer', { 'attic/a.ts': "import { b } from '../errors.ts';" }],
])('an upward import is found: %s', (_, files) => {
  expect(findUpwardImports(tree(files))).toHaveLength(1);
});

test.each([
  ['downwards', { 'cli/a.ts': "import { b } from '../errors.ts';" }],
  ['sideways', { 'debian/a.ts': "import { b } from '../store/b.ts';" }],
  ['within a room', { 'vm/deep/a.ts': "import { b } from '../b.ts';" }],
  ['of a library', { 'vm/a.ts': "import { b } from 'undici';" }],
])('an import is allowed: %s', (_, files) => {
  expect(findUpwardImports(tree(files))).toEqual([]);
});

test('the other rules find what they are for', () => {
  expect(findProgramStarters(tree({ 'vm/a.ts': "import { spawn } from 'node:child_process';" }))).toHaveLength(1);
  expect(findProgramStarters(tree({ 'sandbox/a.ts': "import { spawn } from 'node:child_process';" }))).toEqual([]);
  expect(findExits(tree({ 'cli/a.ts': 'process.exit(1);' }))).toHaveLength(1);
  expect(
    findDefaultExports(tree({ 'vm/a.ts': 'export default 1;', 'vm/b.ts': 'export { a as default };' })),
  ).toHaveLength(2);
});

test('a circle of rooms is found', () => {
  const circle = tree({
    'store/a.ts': "import { b } from '../debian/b.ts';",
    'debian/b.ts': "import { c } from '../rootfs/c.ts';",
    'rootfs/c.ts': "import { a } from '../store/a.ts';",
  });
  expect(findRoomCycles(circle)).toEqual(['store -> debian -> rootfs -> store']);
});

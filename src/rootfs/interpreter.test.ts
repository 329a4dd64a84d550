import { realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { readInterpreter } from './interpreter.ts';

test.each([
  ['#!/bin/sh\necho\n', '/bin/sh'],
  ['#! /usr/bin/env python3\n', '/usr/bin/env'],
  ['#!/usr/bin/perl -w', '/usr/bin/perl'],
  ['echo no first line\n', undefined],
  ['', undefined],
  ['\u007fELF', undefined],
])('%j is started by %s', async (text, expected) => {
  const path = join(await tempDirectory(), 'file');
  await writeFile(path, text);
  expect(await readInterpreter(path)).toBe(expected);
});

test('a dynamically linked program names its loader', async () => {
  const loader = await readInterpreter(realpathSync(process.execPath));
  expect(loader).toMatch(/^\/lib(64)?\/ld-linux/);
});

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { looksCompressed } from './looksCompressed.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lw-compressed-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function judge(content: Buffer): Promise<boolean> {
  const path = join(directory, createHash('sha256').update(content).digest('hex'));
  await writeFile(path, content);
  return looksCompressed(path);
}

test('programs and text are worth compressing, what a compressor left is not', async () => {
  const program = (await readFile(process.execPath)).subarray(0, 8 << 20);
  const text = execFileSync('apt-cache', ['dumpavail'], { maxBuffer: 1 << 30 }).subarray(0, 8 << 20);
  expect(await judge(program)).toBe(false);
  expect(await judge(text)).toBe(false);
  expect(await judge(gzipSync(program))).toBe(true);
  expect(await judge(gzipSync(text))).toBe(true);
});

test('a compressed start does not make an archive of plain files compressed', async () => {
  const program = (await readFile(process.execPath)).subarray(0, 8 << 20);
  expect(await judge(Buffer.concat([gzipSync(program.subarray(0, 1 << 20)), program]))).toBe(false);
});

test('a file smaller than a part, and an empty one', async () => {
  expect(await judge(Buffer.from('x'))).toBe(false);
  expect(await judge(Buffer.alloc(0))).toBe(false);
});

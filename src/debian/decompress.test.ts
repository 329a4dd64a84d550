import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { readDecompressed } from './decompress.ts';

function compressed(sizeBytes: number): { readonly path: string; readonly plain: Buffer } {
  const directory = mkdtempSync(join(tmpdir(), 'livewright-xz-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const plain = randomBytes(sizeBytes);
  writeFileSync(join(directory, 'plain'), plain);
  execFileSync('xz', ['-0', join(directory, 'plain')]);
  return { path: join(directory, 'plain.xz'), plain };
}

test('xz, as the program writes it', async () => {
  const { path, plain } = compressed(3 << 20);
  const chunks: Buffer[] = [];
  for await (const chunk of readDecompressed({ path }, 'xz')) chunks.push(chunk);
  expect(Buffer.concat(chunks).equals(plain)).toBe(true);
});

// A full disk ends the reading at any moment; what is read ahead then must not end the process.
test('a reader that stops in the middle is left in peace, and the next one is served', async () => {
  const { path, plain } = compressed(3 << 20);
  for (let stopAfter = 1; stopAfter <= 12; stopAfter++) {
    let left = stopAfter;
    const stop = async () => {
      for await (const _ of readDecompressed({ path }, 'xz')) {
        if (--left === 0) throw new Error('disk full');
        await delay(stopAfter % 3);
      }
    };
    await expect(stop()).rejects.toThrow('disk full');
  }
  await delay(50);
  let sizeBytes = 0;
  for await (const chunk of readDecompressed({ path }, 'xz')) sizeBytes += chunk.length;
  expect(sizeBytes).toBe(plain.length);
});

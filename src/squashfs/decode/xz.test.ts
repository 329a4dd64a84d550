import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeXz } from './xz.ts';

const limits = { outputBytes: 1 << 20, windowBytes: 1 << 20 };

function compress(bytes: Buffer, ...filters: string[]): Buffer {
  return execFileSync('xz', ['-c', ...filters], { input: bytes, stdio: 'pipe' });
}

test('what xz filters for x86 is unfiltered, wherever calls and jumps stand', async () => {
  // Bytes that the filter looks for, close together, so that its doubts about neighbours all occur.
  const code = fc.uint8Array({ maxLength: 600, size: 'max' }).map((bytes) => {
    const common = [0xe8, 0xe9, 0x00, 0xff, 0x01, 0xe8, 0x90, 0xfe];
    return Buffer.from(bytes.map((byte) => (byte < 200 ? common[byte % 8]! : byte)));
  });
  await fc.assert(
    fc.asyncProperty(code, async (bytes) => {
      const stream = compress(bytes, '--check=crc32', '--x86', '--lzma2=preset=6,dict=8KiB');
      // xz leaves the block away where there is nothing in it, which mksquashfs never asks for.
      if (bytes.length > 0) expect(await decodeXz(stream, limits)).toEqual(bytes);
    }),
    { numRuns: 150 },
  );
});

test('a real program', async () => {
  const program = readFileSync(process.execPath).subarray(1 << 20, (1 << 20) + 500_000);
  for (const filters of [['--x86'], []]) {
    const stream = compress(program, '--check=crc32', ...filters, '--lzma2=preset=6,dict=1MiB');
    expect((await decodeXz(stream, limits)).equals(program)).toBe(true);
  }
});

test.each([
  ['another filter', ['--check=crc32', '--arm', '--lzma2=preset=6,dict=8KiB'], /filter other than that for x86/],
  ['a dictionary that is too large', ['--check=crc32', '--lzma2=preset=6,dict=8MiB'], /dictionary of 8388608 bytes/],
  ['several blocks', ['--check=crc32', '--block-size=4096', '--lzma2=preset=0,dict=8KiB'], /one block/],
])('%s is refused', async (_, words, message) => {
  await expect(decodeXz(compress(Buffer.alloc(20_000, 'ab'), ...words), limits)).rejects.toThrow(message);
});

test('a wrong checksum behind the filter is found', async () => {
  const stream = compress(Buffer.from('calls and jumps'), '--check=crc32', '--x86', '--lzma2=preset=6,dict=8KiB');
  const footer = stream.length - 12;
  const check = footer - (stream.readUInt32LE(footer + 4) + 1) * 4 - 4;
  stream[check]! ^= 1;
  await expect(decodeXz(stream, limits)).rejects.toThrow(/checksum/);
});

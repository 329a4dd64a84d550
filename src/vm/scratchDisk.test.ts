import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { copyWithRoom, roomBytes } from './scratchDisk.ts';

test('a copy with room behind it, in which only what is not empty takes space', async () => {
  const directory = await tempDirectory();
  const [from, to] = [join(directory, 'a.img'), join(directory, 'b.img')];
  const bytes = Buffer.alloc((12 << 20) + 512);
  bytes.write('beginning', 0);
  bytes.write('end', bytes.length - 3);
  await writeFile(from, bytes);
  await copyWithRoom(from, to);
  const { size, blocks } = await stat(to);
  expect(size).toBe((16 << 20) + roomBytes);
  expect(blocks * 512).toBeLessThan(9 << 20);
  const file = await open(to);
  const { buffer } = await file.read(Buffer.alloc(bytes.length), 0, bytes.length, 0);
  await file.close();
  expect(buffer.equals(await readFile(from))).toBe(true);
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listFiles } from '../config/listFiles.ts';
import { type GuestCheck, readLimit } from '../vm/checks.ts';

/** `config/tests/*.test`: the user's own checks, in the order of their names. No build reads them. */
export async function readGuestChecks(directory: string): Promise<GuestCheck[]> {
  const files = (await listFiles(directory, 'config/tests')).filter(({ name }) => name.endsWith('.test'));
  return Promise.all(
    files.map(async ({ name, path }) => {
      const content = await readFile(join(directory, path));
      return { name, content, limitSeconds: readLimit(content) };
    }),
  );
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory } from './host.testing.ts';
import { withTreeEnvironment } from './treeEnvironment.ts';

test('config/environment counts more than the shell, config/environment.binary most, that of the chroot not at all', async () => {
  const directory = makeDirectory();
  const env = { A: 'shell', B: 'shell', C: 'shell', D: 'shell' };
  expect(await withTreeEnvironment(directory, env)).toBe(env);
  mkdirSync(join(directory, 'config'));
  writeFileSync(join(directory, 'config/environment'), '# comment\nB=tree C=tree\n');
  writeFileSync(join(directory, 'config/environment.binary'), 'C=binary\n');
  writeFileSync(join(directory, 'config/environment.chroot'), 'D=chroot\n');
  expect(await withTreeEnvironment(directory, env)).toEqual({ A: 'shell', B: 'tree', C: 'binary', D: 'shell' });
});

import { access, chown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareScripts } from '../../test/helpers/scripts.ts';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { removeTree } from './remove.ts';

/** Makes a tree that denies access to its own owner, then removes it. */
const removing = `
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { removeTree } from './src/store/remove.js';
const top = process.argv[2] + '/tree';
mkdirSync(top + '/closed/inner', { recursive: true });
writeFileSync(top + '/closed/inner/file', 'x');
writeFileSync(Buffer.concat([Buffer.from(top + '/closed/'), Buffer.from([0xff, 0xfe])]), 'a name that is not UTF-8');
chmodSync(top + '/closed/inner', 0);
chmodSync(top + '/closed', 0);
chmodSync(top, 0o500);
await removeTree(top);
console.log(existsSync(top) ? 'still there' : 'gone');
`;

test('an ordinary user can remove directories of mode 0', async () => {
  const scripts = await prepareScripts(['src/store/remove.ts'], { 'removing.js': removing });
  const directory = await tempDirectory();
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chown(directory, 65534, 65534);
  const script = scripts.start('removing.js', [directory], isRoot ? { uid: 65534 } : {});
  expect(await script.nextLine()).toBe('gone');
});

test('an absent directory is fine, and a symlink is not followed', async () => {
  const directory = await tempDirectory();
  await removeTree(join(directory, 'absent'));
  await mkdir(join(directory, 'kept'));
  await writeFile(join(directory, 'kept/file'), 'x');
  await mkdir(join(directory, 'tree'));
  await symlink('../kept', join(directory, 'tree/link'));
  await removeTree(join(directory, 'tree'));
  await access(join(directory, 'kept/file'));
});

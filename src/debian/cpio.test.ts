import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { type CpioEntry, parseCpio, writeCpio } from './cpio.ts';

const entry = (path: string, more: Partial<CpioEntry> = {}): CpioEntry => {
  return { path, mode: 0o100644, uid: 0, gid: 0, mtimeSeconds: 1, data: Buffer.alloc(0), ...more };
};

test('reads what cpio packs, with links', async () => {
  const directory = await tempDirectory();
  mkdirSync(join(directory, 'root/etc'), { recursive: true });
  writeFileSync(join(directory, 'root/etc/a'), 'content', { mode: 0o640 });
  linkSync(join(directory, 'root/etc/a'), join(directory, 'root/etc/b'));
  symlinkSync('etc/a', join(directory, 'root/c'));
  const pack = 'cd root && find . | LC_ALL=C sort | cpio --quiet -o -H newc >../packed';
  execFileSync('sh', ['-c', pack], { cwd: directory });
  const read = parseCpio(readFileSync(join(directory, 'packed')), 'packed');
  expect(read.map(({ path, mode, data }) => [path, mode.toString(8), data.toString()])).toEqual([
    ['', '40755', ''],
    ['c', '120777', 'etc/a'],
    ['etc', '40755', ''],
    ['etc/a', '100640', ''],
    ['etc/b', '100640', 'content'],
  ]);
  expect(read[3]?.link).toBe(read[4]?.link);
});

test('cpio unpacks what is written, and the kernel’s padding and several archives are read', async () => {
  const directory = await tempDirectory();
  const entries = [
    entry('', { mode: 0o040755 }),
    entry('dev', { mode: 0o040755 }),
    entry('dev/console', { mode: 0o020600, device: [5, 1] }),
    entry('a', { link: 7, data: Buffer.from('twice') }),
    entry('b', { link: 7, data: Buffer.from('twice') }),
  ];
  const bytes = writeCpio(entries);
  expect(parseCpio(Buffer.concat([bytes, Buffer.alloc(300), bytes]), 'x').map(({ path }) => path)).toEqual([
    ...['', 'dev', 'dev/console', 'a', 'b', '', 'dev', 'dev/console', 'a', 'b'],
  ]);
  writeFileSync(join(directory, 'packed'), bytes);
  const listed = execFileSync('cpio', ['-itv', '--quiet', '-F', join(directory, 'packed')], { encoding: 'utf8' });
  expect(listed).toMatch(/^crw-------\s+1 root\s+root\s+5,\s+1 .* dev\/console$/m);
  execFileSync('cpio', ['-id', '--quiet', '-F', join(directory, 'packed'), 'a', 'b'], { cwd: directory });
  expect(readFileSync(join(directory, 'b'), 'utf8')).toBe('twice');
});

test.each([
  ['no archive', Buffer.from('something else')],
  ['cut off', writeCpio([entry('a', { data: Buffer.alloc(100) })]).subarray(0, 150)],
  [
    'a number that is none',
    Buffer.from(
      writeCpio([entry('a')])
        .toString('latin1')
        .replace('000081a4', '0000wxyz'),
    ),
  ],
])('refuses %s', (_, bytes) => {
  expect(() => parseCpio(bytes, 'initrd')).toThrow(expect.objectContaining({ code: 'ARCHIVE_FORMAT' }));
});

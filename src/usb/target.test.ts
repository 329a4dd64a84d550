import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { readDrives } from './drives.ts';
import { type FakeMachine, laptop, makeMachine } from './machine.testing.ts';
import { explainOpen, findTarget, requireSame, type Target } from './target.ts';

async function setUp(machine: FakeMachine): Promise<{ root: string; stick: Target }> {
  const root = await tempDirectory();
  await makeMachine(root, machine);
  const drive = (await readDrives(root)).find(({ name }) => name === 'sdb');
  return { root, stick: { kind: 'device', path: '/dev/sdb', drive: drive! } };
}

test('a drive that stays is the same', async () => {
  const { root, stick } = await setUp(laptop);
  await expect(requireSame(stick, root)).resolves.toBeUndefined();
});

test.each<[string, string, string]>([
  ['another stick under the same name', 'device/model', 'Ultra'],
  ['a larger one', 'size', '123456789'],
  ['none', 'size', '0'],
  ['one that was locked', 'ro', '1'],
])('%s is refused after the question', async (_, file, text) => {
  const { root, stick } = await setUp(laptop);
  await writeFile(join(root, 'sys/block/sdb', file), `${text}\n`);
  await expect(requireSame(stick, root)).rejects.toMatchObject({ code: 'DEVICE_REFUSED' });
});

test('one that a desktop has mounted meanwhile is refused', async () => {
  const { root, stick } = await setUp(laptop);
  await writeFile(join(root, 'proc/self/mountinfo'), '22 1 8:18 / /media/me/x rw - ext4 /dev/sdb2 rw\n');
  await expect(requireSame(stick, root)).rejects.toMatchObject({ code: 'DEVICE_REFUSED', data: { reason: 'mounted' } });
});

test('a file that is there, one that is not, a directory, a character device, a name in /dev', async () => {
  const directory = await tempDirectory();
  const file = join(directory, 'file');
  await writeFile(file, 'hello');
  expect(await findTarget(file)).toEqual({ kind: 'file', path: file, sizeBytes: 5, content: undefined });
  expect(await findTarget(`${file}.new`)).toEqual({ kind: 'file', path: `${file}.new` });
  expect(await findTarget('stdio:/x')).toEqual({ kind: 'disc', path: 'stdio:/x', drive: undefined });
  for (const path of [directory, '/dev/null', '/dev/nosuch']) {
    await expect(findTarget(path)).rejects.toMatchObject({ code: 'DEVICE_REFUSED' });
  }
});

test.each([
  ['EACCES', /may not be written to by this user/, /sudo/],
  ['EBUSY', /is in use/, /lsof/],
  ['EROFS', /read-only/, /switch/],
])('%s is explained', (code, message, hint) => {
  const told = explainOpen(Object.assign(new Error(code), { code }), '/dev/sdb');
  const texts = { message: expect.stringMatching(message), hint: expect.stringMatching(hint) };
  expect(told).toMatchObject({ code: 'DEVICE_UNUSABLE', ...texts });
});

import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LivewrightError } from '../errors.ts';
import { paxBody, type TarMember, tarMember, tarOf } from './archives.testing.ts';
import { createTarReader, normalisePath, type TarEntry } from './tar.ts';

type Read = Pick<TarEntry, 'type' | 'path' | 'linkTarget' | 'mode' | 'sizeBytes' | 'mtimeSeconds' | 'uid'> & {
  readonly body: string;
};

function readAll(bytes: Buffer, pieceBytes = bytes.length): readonly Read[] {
  const found: Read[] = [];
  const reader = createTarReader('x.tar', (entry) => {
    const chunks: Buffer[] = [];
    const { type, path, linkTarget, mode, sizeBytes, mtimeSeconds, uid } = entry;
    const note = (body: string) => found.push({ type, path, linkTarget, mode, sizeBytes, mtimeSeconds, uid, body });
    if (type !== 'file') {
      note('');
      return undefined;
    }
    return { write: (chunk) => chunks.push(Buffer.from(chunk)), close: () => note(Buffer.concat(chunks).toString()) };
  });
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  reader.end();
  return found;
}

function failureOf(bytes: Buffer): LivewrightError {
  try {
    readAll(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(LivewrightError);
    expect((error as LivewrightError).code).toBe('ARCHIVE_FORMAT');
    return error as LivewrightError;
  }
  throw new Error('it was read');
}

let directory: string;
const deep = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(120)}`;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'lw-tar-'));
  const at = (path: string) => join(directory, 'tree', path);
  mkdirSync(at(join(deep, '..')), { recursive: true });
  writeFileSync(at(deep), 'deep');
  writeFileSync(at('a'), 'x'.repeat(3000));
  writeFileSync(at('empty'), '');
  writeFileSync(at('ünï'), 'name');
  chmodSync(at('a'), 0o4751);
  linkSync(at('a'), at('b'));
  symlinkSync(`/${'t'.repeat(150)}`, at('long-link'));
  symlinkSync('a', at('link'));
});

afterAll(() => rmSync(directory, { recursive: true }));

test.each(['gnu', 'pax', 'ustar'])('reads what tar writes in format %s, however it is cut', (format) => {
  const leaveOut = format === 'ustar' ? ['--exclude=long-link', `--exclude=${'f'.repeat(120)}`] : [];
  const argv = ['--format', format, '--sort=name', '--owner=3000000', '--group=7', '--mtime=@1000000', ...leaveOut];
  if (format === 'ustar') argv[4] = '--owner=3000';
  const bytes = execFileSync('tar', ['-c', ...argv, '-C', join(directory, 'tree'), '.']);
  const entries = readAll(bytes);
  const find = (path: string) => entries.find((entry) => entry.path === path);
  expect(find('')?.type).toBe('directory');
  expect(find('a')).toMatchObject({ type: 'file', mode: 0o4751, sizeBytes: 3000, mtimeSeconds: 1_000_000 });
  expect(find('a')?.uid).toBe(format === 'ustar' ? 3000 : 3_000_000);
  expect(find('a')?.body).toBe('x'.repeat(3000));
  expect(find('b')).toMatchObject({ type: 'hardlink', linkTarget: './a', sizeBytes: 0 });
  expect(find('empty')).toMatchObject({ type: 'file', sizeBytes: 0, body: '' });
  expect(find('ünï')?.body).toBe('name');
  expect(find('link')).toMatchObject({ type: 'symlink', linkTarget: 'a' });
  if (format !== 'ustar') {
    expect(find(deep)?.body).toBe('deep');
    expect(find('long-link')?.linkTarget).toBe(`/${'t'.repeat(150)}`);
  }
  for (const piece of [1, 511, 513, 7000]) expect(readAll(bytes, piece)).toEqual(entries);
});

test('a PAX size wins over the header, and a ustar prefix stands in front', () => {
  const big = tarMember({ path: 'big', body: 'hello', size: '00000000000\0' });
  const bytes = Buffer.concat([
    tarMember({ path: 'pax', flag: 'x', body: paxBody({ size: '5', mtime: '12.75', uid: '9000000' }) }),
    big,
    tarOf([{ path: 'name', prefix: 'the/prefix', body: 'p' }]),
  ]);
  expect(readAll(bytes)).toMatchObject([
    { path: 'big', body: 'hello', mtimeSeconds: 12, uid: 9_000_000 },
    { path: 'the/prefix/name', body: 'p' },
  ]);
});

test.each<[string, TarMember, string]>([
  ['an escape', { path: 'a/../../x' }, 'leads out of the tree'],
  ['an unknown type', { path: 'x', flag: 'S' }, 'entries of type "S"'],
  ['a bad number', { path: 'x', size: '0000000009x\0' }, 'is not an octal number'],
  ['a negative number', { path: 'x', size: '\xff'.repeat(12) }, 'out of range'],
  ['a bad PAX header', { path: 'x', flag: 'x', body: '99 path=x\n' }, 'PAX header is malformed'],
])('refuses %s with the offset', (_, member, message) => {
  const error = failureOf(tarOf([{ path: 'good' }, member]));
  expect(error.message).toContain(message);
  expect(error.message).toContain('at byte 512');
  expect(error.data['offset']).toBe(512);
});

test('refuses a PAX path that leads out, and sparse files', () => {
  const withPax = (records: Record<string, string>) =>
    Buffer.concat([tarMember({ path: 'p', flag: 'x', body: paxBody(records) }), tarOf([{ path: 'x' }])]);
  expect(failureOf(withPax({ path: '../x' })).message).toContain('leads out');
  expect(failureOf(withPax({ 'GNU.sparse.major': '1' })).message).toContain('sparse');
});

test('refuses a changed header and an archive cut short', () => {
  const bytes = tarOf([{ path: 'x', body: 'hello' }]);
  const changed = Buffer.from(bytes);
  changed[0] = 0x79;
  expect(failureOf(changed).message).toContain('checksum is wrong');
  for (const length of [0, 100, 512, 514, 600]) {
    expect(failureOf(bytes.subarray(0, length)).message).toContain('in the middle of an entry');
  }
});

test('random bytes never do anything but fail cleanly', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 2000 }), (bytes) => {
      try {
        readAll(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(LivewrightError);
      }
    }),
  );
});

test.each([
  ['./usr//bin/', 'usr/bin'],
  ['/abs/x', 'abs/x'],
  ['./', ''],
  ['a/.../b', 'a/.../b'],
])('%s is %s', (path, expected) => expect(normalisePath(path)).toBe(expected));

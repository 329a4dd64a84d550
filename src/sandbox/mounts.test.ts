import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quote, setupScript } from './mounts.ts';
import type { Program } from './types.ts';

const words = fc.array(
  fc.string({ unit: 'binary' }).map((word) => word.replaceAll('\0', '')),
  { maxLength: 5 },
);

test('sh reads back what was quoted', () => {
  fc.assert(
    fc.property(words, (list) => {
      const script = `for word in ${quote(list)}; do printf '%s\\0' "$word"; done`;
      const said = execFileSync('sh', ['-c', script], { encoding: 'buffer' }).toString();
      expect(said).toBe(list.map((word) => Buffer.from(`${word}\0`).toString()).join(''));
    }),
    { numRuns: 40, examples: [[['', '-n', "it's", 'a b', '$HOME`id`"\\', '*', 'é\n;']]] },
  );
});

test('plain words stay as they are', () => {
  expect(quote(['mount', '-o', 'ro,nosuid', '/a/b-c_1.2:3@4%5+6'])).toBe('mount -o ro,nosuid /a/b-c_1.2:3@4%5+6');
});

const odd = `/o d'd"$(id)\\,:/x`;
const program: Program = {
  argv: ['true'],
  root: { kind: 'overlay', lower: ['/a', odd, '/a'], upper: `${odd}/upper`, work: `${odd}/work` },
  overlays: [{ lower: ['/b'], target: '/target' }],
  binds: [
    { source: odd, target: '/in' },
    { source: '/out', target: '/out', writable: true },
  ],
  devices: ['/dev/dri/card0'],
};
const linesOf = (wanted: Program) => setupScript(wanted, '/t/target').split('\n');

test('the script is one that sh can read, whatever the paths', () => {
  const { status, stderr } = spawnSync('sh', ['-n'], {
    input: setupScript(program, `${odd}/target`),
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('options of an overlay name nothing of the host, in which a comma or colon would end them', () => {
  const overlays = linesOf(program).filter((line) => line.startsWith('mount -t overlay'));
  expect(overlays.map((line) => line.split(' ')[4])).toEqual([
    'lowerdir=r2:r1:r0,userxattr,upperdir=../scratch-r/upper,workdir=../scratch-r/work,volatile',
    'lowerdir=o0-1:o0-0,userxattr',
  ]);
});

test('a layer that is there twice is mounted once, where it stands highest', () => {
  const mounted = linesOf({ argv: [], root: { kind: 'overlay', lower: ['/a', '/b', '/c', '/b'] } })
    .map((line) => /^mount --bind (\S+) (r\d+) /.exec(line)?.slice(1))
    .filter(Boolean);
  expect(mounted).toEqual([
    ['/a', 'r1'],
    ['/c', 'r2'],
    ['/b', 'r3'],
  ]);
});

test('what is bound is read-only, unless it is writable', () => {
  const remounted = linesOf(program).filter((line) => line.includes('remount,bind,ro '));
  expect(remounted).toEqual([expect.stringContaining('/t/target/root/in ')]);
});

test('the umask is set before the first directory is made', () => {
  const lines = linesOf(program);
  expect(lines.indexOf('umask 022')).toBeLessThan(lines.findIndex((line) => line.includes('mkdir')));
});

test('the loopback interface is the sandbox’s own or left alone', () => {
  expect(linesOf(program).some((line) => line.startsWith('ip link'))).toBe(true);
  expect(linesOf({ ...program, network: 'host' }).some((line) => line.startsWith('ip link'))).toBe(false);
});

test.each([
  [{ ...program, binds: [{ source: '/a', target: 'in' }] }, 'The bind target "in" is not an absolute path.'],
  [{ ...program, root: { kind: 'overlay', lower: [], upper: '/a/u', work: '/b/w' } as const }, 'in one directory'],
  [{ ...program, root: { kind: 'overlay', lower: [], upper: '/a/u' } as const }, 'in one directory'],
])('a program that cannot be meant', (wrong, message) => {
  expect(() => setupScript(wrong, '/t/target')).toThrow(message);
});

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory, makeHost } from '../host.testing.ts';
import { runMain } from '../main.ts';

/** Images `a` and `b` of small trees that share a directory. */
function makeImages(): string {
  const directory = makeDirectory({
    'a/etc/hosts': 'one\n',
    'a/etc/only-a': 'a\n',
    'b/etc/hosts': 'two\n',
    'b/usr/only-b': 'b\n',
    'b/usr/empty/': '',
  });
  for (const name of ['a', 'b']) {
    const fixed = ['-noappend', '-quiet', '-no-progress', '-all-root', '-all-time', '86400', '-mkfs-time', '0'];
    execFileSync('mksquashfs', [name, `${name}.squashfs`, '-comp', 'xz', ...fixed], { cwd: directory, stdio: 'pipe' });
  }
  return directory;
}

async function squashfs(directory: string, ...argv: readonly string[]) {
  const host = makeHost(directory);
  const exitCode = await runMain(['squashfs', ...argv], host);
  return { exitCode, output: host.output(), errors: host.errors() };
}

test('list shows what ls -ln would', async () => {
  const { exitCode, output } = await squashfs(makeImages(), 'list', 'a.squashfs');
  expect(exitCode).toBe(0);
  expect(output.replaceAll(/^(.{10}).{15}/gm, '$1')).toMatchInlineSnapshot(`
    "drwxr-xr-x         0 1970-01-02 00:00 .
    drwxr-xr-x         0 1970-01-02 00:00 etc
    -rw-r--r--         4 1970-01-02 00:00 etc/hosts
    -rw-r--r--         2 1970-01-02 00:00 etc/only-a
    "
  `);
});

test('list --json has an object for each name', async () => {
  const { output } = await squashfs(makeImages(), 'list', '--json', 'a.squashfs');
  const entries = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(entries).toHaveLength(4);
  expect(entries[2]).toMatchObject({
    path: 'etc/hosts',
    kind: 'file',
    mode: '644',
    sizeBytes: 4,
    mtimeSeconds: 86_400,
  });
});

test('images are linked, verified and unpacked: the last one is on top', async () => {
  const directory = makeImages();
  expect((await squashfs(directory, 'link', 'all', 'a.squashfs', 'b.squashfs')).exitCode).toBe(0);
  const verified = await squashfs(directory, 'verify', 'all');
  expect(verified.exitCode).toBe(0);
  expect(verified.output + verified.errors).toContain('All is well: 7 names, 7 inodes');
  expect((await squashfs(directory, 'extract', 'all', 'out')).exitCode).toBe(0);
  expect(readFileSync(join(directory, 'out/etc/hosts'), 'utf8')).toBe('two\n');
  expect(readFileSync(join(directory, 'out/etc/only-a'), 'utf8')).toBe('a\n');
  expect(readFileSync(join(directory, 'out/usr/only-b'), 'utf8')).toBe('b\n');
  expect(existsSync(join(directory, 'out/usr/empty'))).toBe(true);
  // The file that is hidden is not in the linked image, though it was in the same block as one that is.
  expect(readFileSync(join(directory, 'all')).includes('one\n')).toBe(false);
});

test.each([
  ['no verb', [], 'USAGE'],
  ['an unknown verb', ['mount', 'a.squashfs'], 'USAGE'],
  ['no image', ['list'], 'USAGE'],
  ['too many images', ['verify', 'a.squashfs', 'b.squashfs'], 'USAGE'],
  ['nothing to link', ['link', 'all'], 'USAGE'],
  ['an image that is not there', ['list', 'gone.squashfs'], 'IMAGE_NOT_FOUND'],
  ['an object that is not there', ['link', 'all', 'gone.squashfs'], 'IMAGE_NOT_FOUND'],
  ['an output that is an object', ['link', 'a.squashfs', 'a.squashfs'], 'SQUASHFS_LINK'],
  ['an output in no directory', ['link', 'no/all', 'a.squashfs'], 'SQUASHFS_LINK'],
  ['a directory', ['list', 'a'], 'SQUASHFS_FORMAT'],
  ['what is no image', ['verify', 'a/etc/hosts'], 'SQUASHFS_FORMAT'],
])('%s is refused', async (_, argv, code) => {
  const { exitCode, errors } = await squashfs(makeImages(), ...argv);
  expect(exitCode).toBeGreaterThan(0);
  expect(errors).toContain(`[${code}]`);
});

test('damage is reported with its offset', async () => {
  const directory = makeImages();
  const bytes = readFileSync(join(directory, 'a.squashfs'));
  bytes.fill(0xff, 100, 120);
  writeFileSync(join(directory, 'a.squashfs'), bytes);
  const { errors } = await squashfs(directory, 'verify', 'a.squashfs');
  expect(errors).toMatch(/a\.squashfs: .* at byte \d+, /);
});

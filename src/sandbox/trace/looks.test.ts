import { expect, test } from 'vitest';
import { type Looks, readLooks } from './looks.ts';

/** strace's text of the sandbox's set-up, then of the program's calls; `P` stands for its first process. */
const trace = (...calls: string[]): string =>
  [
    '99 mount("/layers", "/anchor", NULL, MS_BIND, NULL) = 0',
    '10 execve("/usr/bin/env", ["/usr/bin/env", "--", "sh"], 0x7 /* 9 vars */) = 0',
    ...calls,
    '10 +++ exited with 0 +++',
  ].join('\n');

function looksOf(...calls: string[]): Looks {
  const looks = readLooks(trace(...calls), '/start');
  if ('reason' in looks) throw new Error(looks.reason);
  return looks;
}

const pathsOf = (...calls: string[]) => [...looksOf(...calls).paths].slice(1);

test('what the set-up did does not count, the start of the program does', () => {
  expect([...looksOf().paths]).toEqual([['/usr/bin/env', 'content']]);
  expect([...looksOf().started]).toEqual(['/usr/bin/env']);
});

test.each<[string, [string, string][]]>([
  ['10 openat(AT_FDCWD</>, "/etc/a", O_RDONLY|O_CLOEXEC) = 3</etc/a>', [['/etc/a', 'content']]],
  ['10 openat(AT_FDCWD</var>, "a", O_RDONLY) = -1 ENOENT (No such file or directory)', [['/var/a', 'content']]],
  ['10 openat(5</etc/dir>, "a/../b", O_RDONLY) = -1 ENOENT (x)', [['/etc/dir/a/../b', 'content']]],
  [
    '10 openat(AT_FDCWD</>, "/etc/link", O_RDONLY) = 3</etc/real>',
    [
      ['/etc/real', 'content'],
      ['/etc/link', 'content'],
    ],
  ],
  ['10 newfstatat(AT_FDCWD</>, "/etc//./a/", {st_mode=S_IFREG|0644, st_size=1, ...}, 0) = 0', [['/etc/a', 'state']]],
  ['10 newfstatat(3</etc/a>, "", {st_mode=S_IFREG|0644, ...}, AT_EMPTY_PATH) = 0', []],
  ['10 access("a", R_OK)     = -1 ENOENT (No such file or directory)', [['/start/a', 'state']]],
  ['10 readlink("/etc/l", "/not/a/look", 4096) = 11', [['/etc/l', 'state']]],
  ['10 execve("/bin/a", ["a", "/not/a/look"], 0x7 /* 1 var */) = 0', [['/bin/a', 'content']]],
  [
    '10 rename("/a", "b")     = 0',
    [
      ['/a', 'content'],
      ['/start/b', 'content'],
    ],
  ],
  [
    '10 renameat2(3</d>, "a", 4</e>, "b", RENAME_NOREPLACE) = 0',
    [
      ['/d/a', 'content'],
      ['/e/b', 'content'],
    ],
  ],
  [
    '10 symlink("../t", "/d/l") = 0',
    [
      ['../t', ''],
      ['/d/l', 'content'],
      ['/d/../t', 'content'],
    ],
  ],
  ['10 chmod("/a", 0600)     = 0', [['/a', 'content']]],
  ['10 unlink("/a")          = 0', [['/a', 'state']]],
  ['10 getdents64(3</etc>, 0x55d0 /* 9 entries */, 32768) = 280', [['/etc', 'names']]],
  ['10 getdents64(3</proc/10/fd>, 0x55d0 /* 9 entries */, 32768) = 280', []],
  ['10 rmdir("/a")           = -1 ENOTEMPTY (Directory not empty)', [['/a', 'names']]],
  ['10 unlinkat(3</a>, "b", AT_REMOVEDIR) = 0', [['/a/b', 'names']]],
  ['10 getcwd("/start", 4096) = 6', []],
  ['10 openat(AT_FDCWD</>, "/proc/self/status", O_RDONLY) = 3</proc/10/status>', []],
  ['10 openat(AT_FDCWD</>, "/livewright/apt.conf", O_RDONLY) = 3</livewright/apt.conf>', []],
  ['10 openat(AT_FDCWD</>, "/etc/\\303\\251 \\"q\\"\\n", O_RDONLY) = -1 ENOENT (x)', [['/etc/é "q"\n', 'content']]],
  ['10 inotify_add_watch(7<anon_inode:inotify>, "/etc", IN_CREATE) = 1', [['/etc', 'state']]],
])('%s', (call, expected) => {
  const isWanted = ([, kind]: [string, string]) => kind !== '';
  const looks = pathsOf(call);
  // The target of a new link as it stands there is a name relative to the working directory too.
  expect(looks.filter(([path]) => path !== '/start/../t')).toEqual(expected.filter(isWanted));
});

test('to read counts more than to look', () => {
  const stat = '10 newfstatat(AT_FDCWD</>, "/a", {st_mode=S_IFREG|0644}, 0) = 0';
  const open = '10 openat(AT_FDCWD</>, "/a", O_RDONLY) = 3</a>';
  expect(pathsOf(stat, open)).toEqual([['/a', 'content']]);
  expect(pathsOf(open, stat)).toEqual([['/a', 'content']]);
});

test('a process keeps its own working directory', () => {
  const names = pathsOf(
    '10 chdir("/etc")            = 0',
    '10 access("a", F_OK)        = 0',
    '10 chdir("none")            = -1 ENOENT (No such file or directory)',
    '10 access("b", F_OK)        = 0',
    '10 chdir("sub" <unfinished ...>',
    '11 openat(AT_FDCWD</home>, "c", O_RDONLY) = -1 ENOENT (x)',
    '10 <... chdir resumed>)     = 0',
    '10 access("d", F_OK)        = 0',
    '11 access("e", F_OK)        = 0',
    '10 fchdir(4</opt>)          = 0',
    '10 access("f", F_OK)        = 0',
  ).map(([path]) => path);
  const looked = ['/etc', '/etc/a', '/etc/none', '/etc/b', '/etc/sub', '/home/c', '/etc/sub/d', '/home/e', '/opt/f'];
  expect(names).toEqual(looked);
});

test('a name of which nobody knows where it begins is taken for all that it may be', () => {
  const names = pathsOf('10 chdir("/etc") = 0', '12 access("a", F_OK) = 0').map(([path]) => path);
  expect(names).toEqual(['/etc', '/start/a', '/etc/a']);
});

test('a number that another process has had says nothing of the next one', () => {
  const names = pathsOf(
    '11 openat(AT_FDCWD</home>, "/x", O_RDONLY) = -1 ENOENT (x)',
    '11 +++ exited with 0 +++',
    '11 access("a", F_OK) = 0',
  ).map(([path]) => path);
  expect(names).toEqual(['/x', '/start/a', '/home/a']);
});

test('a new root is remembered, and names begin in it', () => {
  const looks = looksOf('10 chroot("/tmp/new") = 0', '10 access("/etc/a", F_OK) = 0', '10 access("b", F_OK) = 0');
  expect(looks.roots).toEqual(['/tmp/new']);
  expect([...looks.paths.keys()].slice(1)).toEqual(['/tmp/new', '/tmp/new/etc/a', '/start/b']);
});

test.each([
  ['10 mount("none", "/mnt", "tmpfs", 0, NULL) = 0', 'it calls mount'],
  ['10 unshare(CLONE_NEWNS)    = 0', 'it calls unshare'],
  ['10 setns(3</proc/1/ns/mnt>, CLONE_NEWNS) = 0', 'it calls setns'],
  ['10 io_uring_setup(8, {flags=0}) = 4<anon_inode:[io_uring]>', 'it calls io_uring_setup'],
  ['10 open_by_handle_at(3</>, {handle_bytes=8}, O_RDONLY) = 4</a>', 'it calls open_by_handle_at'],
  ['10 openat(AT_FDCWD</>, "/proc/1/root/etc/a", O_RDONLY) = 3</etc/a>', 'it reaches files through'],
  [`10 openat(AT_FDCWD</>, "/${'a'.repeat(20)}"..., O_RDONLY) = -1 ENAMETOOLONG (x)`, 'a name is too long'],
])('%s cannot be followed', (call, reason) => {
  const looks = readLooks(trace(call), '/');
  expect('reason' in looks ? looks.reason : '').toContain(reason);
});

test('a log that ends before the program begins says nothing', () => {
  expect(readLooks('10 mount("a", "b", NULL, MS_BIND, NULL) = 0\n', '/')).toHaveProperty('reason');
});

const cacheOpen = 'openat(AT_FDCWD</>, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC)';
const cacheFile = '3</etc/ld.so.cache>';

test.each<[string, string[], string]>([
  ['the loader’s look at its cache', [`10 ${cacheOpen} = ${cacheFile}`], 'loader'],
  [
    'one that another process’s line breaks',
    [`10 ${cacheOpen.slice(0, -1)} <unfinished ...>`, `10 <... openat resumed>) = ${cacheFile}`],
    'loader',
  ],
  [
    'a program that it started',
    ['11 execve("/bin/a", ["a"], 0x7 /* 1 var */) = 0', `11 ${cacheOpen} = ${cacheFile}`],
    'loader',
  ],
  [
    'a later look',
    [`10 openat(AT_FDCWD</>, "/lib/a", O_RDONLY|O_CLOEXEC) = 3</lib/a>`, `10 ${cacheOpen} = ${cacheFile}`],
    'content',
  ],
  ['a child that runs no new program', [`12 ${cacheOpen} = ${cacheFile}`], 'content'],
  [
    'a program that could not be started',
    ['12 execve("/bin/a", ["a"], 0x7) = -1 ENOENT (x)', `12 ${cacheOpen} = ${cacheFile}`],
    'content',
  ],
  ['another way of opening', ['10 openat(AT_FDCWD</>, "/etc/ld.so.cache", O_RDONLY) = 3</etc/ld.so.cache>'], 'content'],
  ['both', [`10 ${cacheOpen} = ${cacheFile}`, '10 access("/etc/ld.so.cache", R_OK) = 0'], 'content'],
])('%s', (_, calls, kind) => {
  expect(looksOf(...calls).paths.get('/etc/ld.so.cache')).toBe(kind);
});

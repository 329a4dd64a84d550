// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts for sh.
import { type Rows, run } from '../row.ts';

const autoConfig = (...words: readonly string[]) => `#!/bin/sh\nset -e\nlb config noauto ${words.join(' ')} "\${@}"\n`;

/** Trees that there were before, and what becomes of them. */
export const treeRows: Rows = {
  'two runs': {
    runs: [
      ['--security', 'true', '--linux-packages', 'linux-image linux-headers'],
      ['-k', 'rt-amd64', '--source', 'true'],
    ],
  },
  'thirty runs, one option each': {
    runs: [
      '--memtest=none',
      '--zsync=true',
      '--apt=aptitude',
      '--iso-volume=V',
      '--updates=false',
      '--backports=true',
    ].map((word) => [word]),
  },
  'another suite later': {
    runs: [
      ['-d', 'bookworm'],
      ['-d', 'sid'],
    ],
    differences: ['frozen-defaults'],
  },
  'another architecture later': {
    runs: [
      ['-a', 'amd64'],
      ['-a', 'i386'],
    ],
    differences: ['frozen-defaults'],
  },
  'another image and other areas later': {
    runs: [
      ['-b', 'iso'],
      ['-b', 'hdd', '--archive-areas', 'main contrib'],
    ],
    differences: ['frozen-defaults'],
  },
  'a system that is no live system any more': { runs: [[], ['--system', 'normal']], differences: ['frozen-defaults'] },
  'a value that was set stays': {
    runs: [
      ['-d', 'bookworm', '--distribution-chroot', 'bookworm', '--iso-volume', 'Mine'],
      ['--distribution-binary', 'sid'],
    ],
    differences: ['frozen-defaults'],
  },
  'live-build wrote it, ours goes on': {
    runs: [
      ['-d', 'bookworm', '--memtest', 'memtest86+'],
      ['-b', 'tar'],
    ],
    begunBy: 'theirs',
  },
  'live-build wrote it, ours takes another suite': {
    runs: [
      ['-d', 'bookworm'],
      ['-d', 'sid'],
    ],
    begunBy: 'theirs',
    differences: ['frozen-defaults'],
  },
  'ours wrote it, live-build goes on': {
    runs: [
      ['-d', 'bookworm', '--iso-volume', "It's mine", '--debootstrap-options', '--variant=minbase'],
      ['--updates', 'false'],
    ],
    begunBy: 'ours',
  },
  'ours wrote it, with what live-build has not, and it goes on': {
    runs: [['--boot-menu-timeout', '5', '--net-root-server', '10.0.0.1', '--profile', 'dev'], []],
    begunBy: 'ours',
  },
  '--clean': run('--clean'),
  '--clean with files': { ...run('--clean'), files: { 'config/preseed/a.cfg': '', 'local/lib/x': '' } },
  '--validate': run('--validate', '-d', 'sid'),
  '--validate of what is wrong': run('--validate', '--memtest', 'what'),
  '--dump': { ...run('--dump'), files: { 'config/common': 'LB_MODE="debian"\n' } },
  'hooks of the user’s': {
    ...run(),
    files: {
      'config/hooks/normal/0100-own.hook.chroot': '#!/bin/sh\n',
      'config/hooks/normal/5000-update-apt-file-cache.hook.chroot': '',
      'config/hooks/live/x.binary': '',
    },
  },
  'a list of live packages of the user’s': {
    ...run('--initsystem', 'sysvinit'),
    files: { 'config/package-lists/live.list.chroot': 'live-boot\n' },
  },
  'a configuration from a repository': {
    ...run('--config', '@REPOSITORY@::own', '--memtest', 'none', '--iso-volume', 'X'),
    repository: { 'auto/config': autoConfig('-d sid'), 'config/package-lists/own.list.chroot': 'vim\n' },
  },
  'a configuration from a repository without auto/config': {
    ...run('--config=@REPOSITORY@::own', '-d', 'sid'),
    repository: { 'config/binary': 'LB_MEMTEST="memtest86+"\n' },
  },
  'the main branch of a repository': { ...run('--config', '@REPOSITORY@'), repository: { 'config/binary': 'x' } },
  'a branch that there is not': { ...run('--config', '@REPOSITORY@::none'), repository: { 'config/binary': 'x' } },
  'a repository that there is not': run('--config', '/nowhere/at/all'),
  'a repository after a configuration': {
    runs: [[], ['--config', '/nowhere/at/all', '-d', 'sid']],
    differences: ['frozen-defaults'],
  },
  'a tree of live-build 2': {
    ...run(),
    files: {
      'config/chroot_local-packageslists/own.list': 'vim\n',
      'config/chroot_local-hooks/own.sh': 'true\n',
      'config/chroot_local-includes/etc/motd': 'hello\n',
      'config/binary_local-includes/README': 'x\n',
    },
    differences: ['old-trees'],
  },
  'a tree of live-build 2 that ours has linked': {
    runs: [[], []],
    begunBy: 'ours',
    files: { 'config/chroot_local-packageslists/own.list': 'vim\n', 'config/binary_local-includes/README': 'x\n' },
    hasLists: true,
  },
  'package lists': {
    ...run('--archive-areas', 'main contrib', '-k', 'amd64 rt-amd64'),
    hasLists: true,
    files: {
      'config/package-lists/b.list': 'both1 both2\n\n  indented  \n# comment\n#comment\nlast',
      'config/package-lists/a.list.chroot': 'a:i386\nb=1.0-1\nc/sid\nd-\n^task\n',
      'config/package-lists/c.list.chroot_install': 'install\n',
      'config/package-lists/c.list.chroot_live': 'live\n',
      'config/package-lists/d.list.binary': 'pool\n',
      'config/package-lists/ignored.lst': 'never\n',
      'config/package-lists/if.list.chroot':
        '#if ARCHITECTURE amd64 arm64\nis-amd64\n#endif\n#if ARCHITECTURES i386\nis-i386\n#endif\n' +
        '#nif DISTRIBUTION sid\nnot-sid\n#endif\n#nif ARCHIVE_AREAS contrib\nnever\n#endif\n' +
        '#if LINUX_FLAVOURS rt-amd64\nrt\n#endif\n#if MODE debian\nmode\n#endif\n#if NO_SUCH x\nnever\n#endif\nend\n',
      'config/package-lists/command.list.chroot': '! echo one two\n!echo three\n',
    },
  },
};

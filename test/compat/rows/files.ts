// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts for sh.
import { type Rows, run } from '../row.ts';

/** Where values come from, and which of them counts. */
export const fileRows: Rows = {
  'the environment': {
    ...run('--iso-publisher', 'argv'),
    env: { LB_ISO_APPLICATION: 'env', LB_ISO_PUBLISHER: 'env', LB_ARCHIVE_AREAS: 'main contrib', APT_OPTIONS: '--yes' },
  },
  'the environment and a file': {
    ...run(),
    env: { LB_ISO_APPLICATION: 'env', LB_SECURITY: 'false' },
    files: { 'config/binary': 'LB_ISO_APPLICATION="file"\n' },
  },
  'the environment of an earlier run is kept': { runs: [[], ['-b', 'tar']], env: { LB_ISO_APPLICATION: 'env' } },
  SOURCE_DATE_EPOCH: { ...run(), env: { SOURCE_DATE_EPOCH: '1700000000' } },
  'variables of earlier versions in the environment': {
    ...run(),
    env: { LB_LINUX_FLAVOURS: '686', LB_BOOTSTRAP_QEMU_ARCHITECTURES: '' },
  },
  '/etc/live/build.conf': {
    ...run('--iso-publisher', 'argv'),
    system: { 'build.conf': 'LB_ISO_PUBLISHER="system"\nLB_ISO_APPLICATION=\'system\'\nLB_SECURITY=false\n' },
    files: { 'config/chroot': 'LB_SECURITY="true"\n' },
  },
  '/etc/live/build/*': {
    ...run(),
    system: {
      'build.conf': 'LB_MEMTEST=memtest86\n',
      'build/b': 'LB_ISO_VOLUME=b\n',
      'build/a': 'LB_ISO_VOLUME=a\nLB_MEMTEST=none\n',
    },
  },
  '--ignore-system-defaults': {
    ...run('--ignore-system-defaults'),
    system: { 'build.conf': 'LB_ISO_PUBLISHER="system"\n' },
  },
  'the five files, one after the other': {
    ...run(),
    files: {
      'config/all': 'LB_ISO_VOLUME="all"\nLB_ISO_PUBLISHER="all"\n',
      'config/common': 'LB_ISO_VOLUME="common"\n',
      'config/source': 'LB_ISO_VOLUME="source"\nLB_SOURCE="true"\n',
    },
  },
  'a file against the command line': {
    ...run('--memtest', 'none'),
    files: { 'config/binary': 'LB_MEMTEST="memtest86+"\n' },
  },
  '-c FILE has the last word': {
    ...run('--iso-volume', 'argv', '-c', './own.conf'),
    files: { 'own.conf': 'LB_ISO_VOLUME="conffile"\nLB_HDD_LABEL=OWN\n' },
  },
  '--conffile without a slash': {
    ...run('--conffile', 'own.conf'),
    files: { 'own.conf': 'LB_ISO_VOLUME="conffile"\n' },
    differences: ['conffile-without-slash'],
  },
  '--conffile that is not there': run('--conffile', 'own.conf', '--iso-volume', 'argv'),
  'FILE.ARCH of the command line': {
    ...run('-a', 'i386'),
    files: { 'config/binary.i386': 'LB_HDD_LABEL=I386\n', 'config/binary.amd64': 'LB_HDD_LABEL=AMD64\n' },
  },
  'FILE.DIST of the command line': {
    ...run('-d', 'sid'),
    files: { 'config/binary.sid': 'LB_HDD_LABEL=SID\n', 'config/binary.trixie': 'LB_HDD_LABEL=TRIXIE\n' },
    isBare: true,
    differences: ['default-mirrors'],
  },
  'FILE.DIST of the environment': { ...run(), files: { 'config/chroot.trixie': 'LB_BACKPORTS=true\n' } },
  'FILE.ARCH without a word about the architecture': {
    ...run(),
    files: { 'config/bootstrap': 'LB_ARCHITECTURE="i386"\n', 'config/binary.i386': 'LB_HDD_LABEL=I386\n' },
    differences: ['override-files'],
  },
  LB_CONFIG: {
    ...run(),
    env: { LB_CONFIG: 'own/one own/two' },
    files: {
      'own/one': 'LB_ISO_VOLUME=one\nLB_HDD_LABEL=ONE\n',
      'own/two': 'LB_ISO_VOLUME=two\n',
      'config/binary': 'LB_ISO_PUBLISHER="not read"\n',
      'config/binary.trixie': 'LB_ISO_PUBLISHER="not read"\n',
    },
  },
  'what a shell makes of values': {
    ...run(),
    files: {
      'config/common': "# comment\nexport LB_MODE='debian' # more\nA=1 LB_IMAGE_NAME=x\\ y\"$A\"'b'\n",
      'config/binary': 'LB_ISO_VOLUME="${NAME:-none} and ${LB_IMAGE_NAME}"\nLB_ISO_PUBLISHER="a \\\nb"\n',
    },
    differences: ['other-variables'],
  },
  'a command in a value': {
    ...run(),
    files: { 'config/binary': 'LB_ISO_VOLUME="$(echo hello)"\n' },
    differences: ['never-run'],
  },
  'time and version, as live-build 3 and 4 wrote them': {
    ...run(),
    files: {
      'config/binary': 'LB_ISO_PREPARER="live-build $VERSION; x"\nLB_ISO_VOLUME="Mine $(date +%Y%m%d-%H:%M)"\n',
    },
    differences: ['placeholders'],
  },
  'that time on the command line': {
    ...run('--iso-volume', 'Mine $(date +%Y%m%d-%H:%M)'),
    differences: ['placeholders'],
  },
  'a kind of union that no kernel has today': {
    ...run(),
    files: { 'config/chroot': 'LB_UNION_FILESYSTEM="aufs"\n' },
    differences: ['one-union'],
  },
  'config/environment': {
    ...run(),
    files: {
      'config/environment': '# comment\nLB_ISO_VOLUME=env\n',
      'config/environment.binary': 'LB_HDD_LABEL=BIN\n',
    },
  },
  'variables of earlier versions': {
    ...run(),
    files: { 'config/bootstrap': 'LB_ARCHITECTURES="i386"\n', 'config/binary': 'LB_BINARY_IMAGES="hdd"\n' },
    differences: ['old-variables'],
  },
  'an old name for flavours': { ...run(), files: { 'config/chroot': 'LB_LINUX_FLAVOURS="686"\n' } },
};

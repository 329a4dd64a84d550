import { readFileSync } from 'node:fs';
import { mergedUsrDirectories, type ToolsArchitecture } from './toolsSpec.ts';
import type { TreeWriter } from './treeWriter.ts';

/** Read by people and by desktops, never by a program of a tools tree. `usr/lib/locale` (C.UTF-8) stays. */
const UNWANTED = [
  'usr/share/doc',
  'usr/share/doc-base',
  'usr/share/man',
  'usr/share/info',
  'usr/share/locale',
  'usr/share/bash-completion',
  'usr/share/zsh',
  'usr/share/fish',
  'usr/share/lintian',
  'usr/share/bug',
  'usr/share/applications',
  'usr/share/icons',
  'usr/share/pixmaps',
  'usr/lib/systemd',
  'usr/share/polkit-1',
  'usr/lib/udev',
  'etc/init.d',
  'etc/cron.d',
  'etc/cron.daily',
  'etc/apt/apt.conf.d',
  'etc/kernel',
];

export function isUnwanted(path: string): boolean {
  return UNWANTED.some((directory) => path === directory || path.startsWith(`${directory}/`));
}

/** The links of merged /usr: made before anything is unpacked, so that packages write through them. */
export function writeUsrLinks(writer: TreeWriter, architecture: ToolsArchitecture): void {
  for (const name of mergedUsrDirectories(architecture)) {
    writer.directory(`usr/${name}`, 0o755);
    writer.symlink(name, `usr/${name}`);
  }
}

/** What packages would make in their maintainer scripts, as far as their programs need it. */
export function writeToolsFiles(writer: TreeWriter, root: string): void {
  for (const [path, mode] of mountPoints) writer.directory(path, mode);
  for (const [path, text] of texts) writeText(writer, path, text);
  for (const [path, target] of alternatives) {
    if (writer.records.has(`usr/bin/${target}`)) writer.symlink(path, target);
  }
  writeCertificates(writer, root);
}

/** Directories over which the sandbox mounts. */
const mountPoints: readonly (readonly [path: string, mode: number])[] = [
  ...['proc', 'sys', 'dev', 'run', 'in', 'out', 'target'].map((path) => [path, 0o755] as const),
  ['root', 0o700],
  ['tmp', 0o1777],
  ['var/tmp', 0o1777],
  // apt and dpkg want their state directories even where the state itself is elsewhere.
  ...['var/lib/apt/lists/partial', 'var/cache/apt/archives/partial', 'var/log/apt'].map(
    (path) => [path, 0o755] as const,
  ),
  ...['var/lib/dpkg/info', 'var/lib/dpkg/updates', 'etc/apt/apt.conf.d'].map((path) => [path, 0o755] as const),
];

// Numbers as in Debian's base-passwd; `_apt` is what apt's download methods become.
const texts: readonly (readonly [path: string, text: string])[] = [
  [
    'etc/passwd',
    'root:x:0:0:root:/root:/bin/sh\n_apt:x:42:65534::/nonexistent:/usr/sbin/nologin\n' +
      'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  ],
  ['etc/group', 'root:x:0:\nadm:x:4:\ntty:x:5:\ndisk:x:6:\nshadow:x:42:\nstaff:x:50:\nmail:x:8:\nnogroup:x:65534:\n'],
  ['etc/nsswitch.conf', 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n'],
  ['etc/hosts', '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n'],
  ['var/lib/dpkg/status', ''],
  ['var/lib/dpkg/available', ''],
];

/** Links that update-alternatives would make, relative to their directory. */
const alternatives: readonly (readonly [path: string, target: string])[] = [
  ['usr/bin/awk', 'mawk'],
  ['usr/bin/which', 'which.debianutils'],
  ['usr/bin/pager', 'more'],
];

function writeText(writer: TreeWriter, path: string, text: string): void {
  const sink = writer.file(path, { mode: 0o644, mtimeSeconds: 0 });
  sink.write(Buffer.from(text));
  sink.close();
}

/** The one file that update-ca-certificates would put together: all of Mozilla's, in byte order of their names. */
function writeCertificates(writer: TreeWriter, root: string): void {
  const paths = [...writer.records.keys()].filter((path) => /^usr\/share\/ca-certificates\/.*\.crt$/.test(path)).sort();
  if (paths.length === 0) return;
  writeText(
    writer,
    'etc/ssl/certs/ca-certificates.crt',
    paths.map((path) => readFileSync(`${root}/${path}`, 'utf8')).join(''),
  );
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeepUpOptions, keepUp } from './keepUp.ts';
import { ganeshaConfig } from './nfsConfig.ts';
import { startPortmap, startRegistry } from './portmap.ts';
import { type ServiceRoom, type Started, startReady } from './services.ts';

export interface NfsOptions {
  readonly address: string;
  /** On this machine. */
  readonly directory: string;
  /** What clients call it: `/srv/debian-live`. */
  readonly exportPath: string;
}

const nfsPort = 2049;
const mountPort = 20048;
/** NFS and MOUNT, by their numbers (RFC 1813). */
const rpcServices = [
  { program: 100_003, versions: [3], port: nfsPort },
  { program: 100_005, versions: [1, 3], port: mountPort },
];
const hint = 'Or do without NFS: --no-nfs.';
const ganesha = [
  ...['ganesha.nfsd', '-F', '-L', 'STDERR', '-N', 'NIV_EVENT'],
  ...['-f', '/nfs/ganesha.conf', '-p', '/run/ganesha.pid'],
];

/**
 * What ganesha looks for: the mounts, to find the file system of what it exports; and rpcbind's socket, by its old name.
 */
const prepare = 'ln -s /proc/self/mounts /etc/mtab; ln -s /run /var/run; exec "$@"';

/** Starts the NFS server, and the port mapper that tells clients where to ask. */
export async function* startNfs(room: ServiceRoom, options: NfsOptions, keep: KeepUpOptions): AsyncGenerator<Started> {
  const { address, exportPath } = options;
  const own = join(room.scratch, 'nfs');
  for (const name of ['state', 'run']) await mkdir(join(own, name), { recursive: true });
  await writeFile(join(own, 'ganesha.conf'), ganeshaConfig({ address, exportPath, nfsPort, mountPort }));
  yield startPortmap({ address, port: 111 }, rpcServices);
  yield startRegistry(join(own, 'run/rpcbind.sock'));
  yield keepUp(() => startGanesha(room, options, own), keep);
}

function startGanesha(room: ServiceRoom, { directory, exportPath }: NfsOptions, own: string): Promise<Started> {
  return startReady(room, {
    name: 'nfs-ganesha',
    hint,
    argv: ['sh', '-c', prepare, 'sh', ...ganesha],
    binds: [
      { source: own, target: '/nfs' },
      { source: join(own, 'run'), target: '/run', writable: true },
      { source: join(own, 'state'), target: '/var/lib/nfs/ganesha', writable: true },
      { source: directory, target: exportPath },
    ],
    onLine: () => {},
    isReady: (line) => line.includes('NFS SERVER INITIALIZED'),
    // It starts without an export that it could not make, and ends with a list of addresses.
    isFailed: (line) => line.includes('Could not create export'),
    isTelling: (line) => / :(?:FATAL|MAJ|CRIT) :(?!\S*\()/.test(line),
  });
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ganeshaConfig } from './nfsConfig.ts';
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
const hint = 'Is the loopback interface up (`ip link set lo up`)? Or do without NFS: --no-nfs.';
const ganesha = [
  ...['ganesha.nfsd', '-F', '-L', 'STDERR', '-N', 'NIV_EVENT'],
  ...['-f', '/nfs/ganesha.conf', '-p', '/run/ganesha.pid'],
];

/**
 * For rpcbind: its option -h holds for UDP alone, and over TCP it would listen on all interfaces. UDP is enough to ask
 * for a port; klibc's `nfsmount` does so when TCP is refused.
 */
const udpOnly = 'udp tpi_clts v inet udp - -\nlocal tpi_cots_ord - loopback - - -\n';

/**
 * What ganesha looks for: the mounts, to find the file system of what it exports; and rpcbind's socket, by its old name.
 */
const prepare = 'ln -s /proc/self/mounts /etc/mtab; ln -s /run /var/run; exec "$@"';

/** Starts the port mapper, which tells clients where to ask, and the NFS server. */
export async function* startNfs(room: ServiceRoom, options: NfsOptions): AsyncGenerator<Started> {
  const { address, directory, exportPath } = options;
  const own = join(room.scratch, 'nfs');
  await mkdir(join(own, 'state'), { recursive: true });
  await writeFile(join(own, 'netconfig'), udpOnly);
  await writeFile(join(own, 'ganesha.conf'), ganeshaConfig({ address, exportPath, nfsPort, mountPort }));
  yield startReady(room, {
    name: 'rpcbind',
    hint,
    argv: ['rpcbind', '-f', '-w', '-h', address],
    binds: [{ source: join(own, 'netconfig'), target: '/etc/netconfig' }],
    onLine: () => {},
  });
  yield startReady(room, {
    name: 'nfs-ganesha',
    hint,
    argv: ['sh', '-c', prepare, 'sh', ...ganesha],
    binds: [
      { source: own, target: '/nfs' },
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

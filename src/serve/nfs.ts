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

/** Starts the port mapper, which tells clients where to ask, and the NFS server. */
export async function* startNfs(room: ServiceRoom, options: NfsOptions): AsyncGenerator<Started> {
  const { address, directory, exportPath } = options;
  const own = join(room.scratch, 'nfs');
  await mkdir(join(own, 'state'), { recursive: true });
  await writeFile(join(own, 'ganesha.conf'), ganeshaConfig({ address, exportPath, nfsPort, mountPort }));
  yield startReady(room, {
    name: 'rpcbind',
    hint: 'Or do without NFS: --no-nfs.',
    argv: ['rpcbind', '-f', '-w', '-h', address],
    binds: [],
    onLine: () => {},
  });
  yield startReady(room, {
    name: 'nfs-ganesha',
    hint: 'Or do without NFS: --no-nfs.',
    argv: [
      'ganesha.nfsd',
      '-F',
      '-L',
      'STDERR',
      '-f',
      '/nfs/ganesha.conf',
      '-N',
      'NIV_EVENT',
      '-p',
      '/run/ganesha.pid',
    ],
    binds: [
      { source: own, target: '/nfs' },
      { source: join(own, 'state'), target: '/var/lib/nfs/ganesha', writable: true },
      { source: directory, target: exportPath },
    ],
    onLine: () => {},
    isReady: (line) => line.includes('NFS SERVER INITIALIZED'),
  });
}

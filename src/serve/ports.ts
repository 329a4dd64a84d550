import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { LivewrightError, systemErrorCode } from '../errors.ts';

export interface NeededPort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** `TFTP`, `the web server`. */
  readonly purpose: string;
  /** How to do without: `--no-tftp`. */
  readonly without: string;
  /** Others may have it too. */
  readonly isShared?: boolean;
}

/** What has to be free for these services. The DHCP port is dnsmasq's to share with others on other interfaces. */
export function neededPorts({ dhcp, tftp, nfs, httpPort }: Wishes): NeededPort[] {
  return [
    ...(dhcp === 'none'
      ? []
      : [{ protocol: 'udp', port: 67, purpose: 'DHCP', without: '--no-dhcp', isShared: true } as const]),
    ...(tftp ? [{ protocol: 'udp', port: 69, purpose: 'TFTP', without: '--no-tftp' } as const] : []),
    ...(httpPort === undefined
      ? []
      : [{ protocol: 'tcp', port: httpPort, purpose: 'HTTP', without: 'another --http-port, or --no-http' } as const]),
    ...(nfs
      ? ([
          { protocol: 'udp', port: 111, purpose: 'the port mapper, for NFS', without: '--no-nfs' },
          { protocol: 'tcp', port: 111, purpose: 'the port mapper, for NFS', without: '--no-nfs' },
          { protocol: 'tcp', port: 2049, purpose: 'NFS', without: '--no-nfs' },
        ] as const)
      : []),
  ];
}

interface Wishes {
  readonly dhcp: unknown;
  readonly tftp: boolean;
  readonly nfs: boolean;
  readonly httpPort?: number;
}

/** Opens each port for a moment, so that what would fail is told before anything is started. */
export async function checkPorts(address: string, ports: readonly NeededPort[]): Promise<void> {
  for (const needed of ports) {
    try {
      await (needed.protocol === 'tcp' ? tryTcp(address, needed.port) : tryUdp(address, needed));
    } catch (error) {
      throw refused(address, needed, error);
    }
  }
}

function tryTcp(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, address, () => server.close(() => resolve()));
  });
}

function tryUdp(address: string, { port, isShared }: NeededPort): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: isShared === true });
    socket.once('error', reject);
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve()));
  });
}

function refused(address: string, needed: NeededPort, error: unknown): LivewrightError {
  const { protocol, port, purpose, without } = needed;
  const data = { address, port, protocol };
  if (systemErrorCode(error) === 'EACCES') {
    return new LivewrightError('SERVE_FAILED', {
      message: `This user may not open port ${port} (${purpose}): ports below 1024 are root's.`,
      hint: `Run lb serve as root, or in a network namespace of your own (unshare --map-root-user --net); or do without: ${without}.`,
      data,
      cause: error,
    });
  }
  if (systemErrorCode(error) === 'EADDRINUSE') {
    return new LivewrightError('SERVE_FAILED', {
      message: `Port ${port} (${purpose}) of ${address} is taken by another program.`,
      hint: `\`ss -l${protocol[0]}np 'sport = :${port}'\` shows which; or do without: ${without}.`,
      data,
      cause: error,
    });
  }
  return new LivewrightError('SERVE_FAILED', {
    message: `Port ${port} (${purpose}) of ${address} cannot be opened (${systemErrorCode(error) ?? String(error)}).`,
    hint: `Is the address still there (\`ip address\`)? Or do without: ${without}.`,
    data,
    cause: error,
  });
}

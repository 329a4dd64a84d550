import { LivewrightError } from '../errors.ts';
import type { LivewrightEvent } from '../events/events.ts';
import { startMachine } from '../sandbox/machine.ts';
import { type PrivateNetwork, startInPrivateNetwork } from '../sandbox/netns.ts';
import { createSandbox } from '../sandbox/run.ts';
import type { LabRequest, NetworkLab } from '../vm/lab.ts';
import type { CommandContext } from './context.ts';
import type { MachineRoom } from './machineRoom.ts';
import { tellTrees } from './serveRoom.ts';

const [bridge, tap] = ['lwbr', 'lw0'];
/** Of a network of its own, so it meets no other one. */
const serverAddress = '192.168.77.1';
/**
 * Until QEMU opens the tap there is no carrier on it, and interfaces without one count as absent. So a veth pair whose
 * other end is up (the kernel calls it veth0) keeps the bridge running.
 */
const setUp = [
  'ip link set lo up',
  'ip link add lwkeep type veth',
  `tunctl -t ${tap}`,
  `brctl addbr ${bridge}`,
  ...['lwkeep', tap].map((name) => `brctl addif ${bridge} ${name}`),
  ...['lwkeep', 'veth0', tap, bridge].map((name) => `ip link set ${name} up`),
  `ip address add ${serverAddress}/24 dev ${bridge}`,
];

/**
 * A network with one guest and one server, `lb serve netboot` itself, in a network namespace of its own:
 *
 * ```
 * guest (QEMU) ── lw0 ── lwbr 192.168.77.1 ── DHCP, TFTP, HTTP, NFS
 * ```
 */
export async function startLab(context: CommandContext, room: MachineRoom, request: LabRequest): Promise<NetworkLab> {
  const trees = { build: await room.toolsTree('build'), serve: await room.toolsTree('serve') };
  const server = startServer(context, request, { toolsTree: trees.build, env: tellTrees(trees) });
  const stop = () => void server.stop();
  const signal = request.signal ?? context.signal;
  signal.addEventListener('abort', stop, { once: true });
  const ready = await server.ready.catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  const isFetched = request.system === 'http' && ready.systemUrl !== undefined;
  const sandbox = createSandbox(trees.build);
  return {
    netdevArgs: `tap,id=net0,ifname=${tap},script=no,downscript=no`,
    // The image's default entry mounts its system; live-boot fetches it instead where it is told to.
    ...(isFetched && { append: `fetch=${ready.systemUrl}` }),
    machine: { devices: ['/dev/net/tun'] },
    start: (argv, options) =>
      startMachine(sandbox, { ...options, argv, toolsRoot: room.toolsRoot, network: { ofProcess: server.pid } }),
    close: async () => {
      signal.removeEventListener('abort', stop);
      await server.stop();
    },
  };
}

interface Surroundings {
  readonly toolsTree: string;
  readonly env: Readonly<Record<string, string>>;
}

type ServeReady = Extract<LivewrightEvent, { type: 'serve-ready' }>;

interface Server extends PrivateNetwork {
  /** Rejects with SERVE_FAILED if the server ends before it serves. */
  readonly ready: Promise<ServeReady>;
}

function startServer(context: CommandContext, request: LabRequest, { toolsTree, env }: Surroundings): Server {
  const { imagePath, system } = request;
  // An ordinary user cannot export by NFS, and needs not where the system comes by HTTP.
  const without = system === 'http' ? ['--no-nfs'] : [];
  // QEMU's network cards boot by iPXE; what is tried here are the menus that people's firmware gets.
  const words = ['serve', 'netboot', imagePath, '--interface', bridge, '--dhcp', '--no-ipxe', '--json', ...without];
  let tellReady: (event: ServeReady) => void = () => {};
  const isReady = new Promise<ServeReady>((resolve) => {
    tellReady = resolve;
  });
  const [node = '', lb = ''] = context.commandLine;
  const running = startInPrivateNetwork({
    toolsTree,
    env,
    setUp,
    argv: [node, lb, ...words],
    onLine: (line, stream) => {
      const event = stream === 'stdout' ? parseEvent(line) : undefined;
      if (event?.type === 'serve-ready') tellReady(event);
    },
  });
  const failed = running.ended.then(({ tail }): never => {
    throw serveFailed(tail);
  });
  failed.catch(() => {}); // of interest only as long as somebody waits
  return { ...running, ready: Promise.race([isReady, failed]) };
}

function parseEvent(line: string): LivewrightEvent | undefined {
  try {
    return JSON.parse(line) as LivewrightEvent;
  } catch {
    return undefined;
  }
}

function serveFailed(tail: readonly string[]): LivewrightError {
  const said = tail.findLast((line) => line.startsWith('lb: ')) ?? tail.at(-1) ?? 'nothing';
  return new LivewrightError('SERVE_FAILED', {
    message: `The network for the guest could not be served: ${said.replace(/^lb: /, '')}`,
    hint: 'Try `lb serve netboot` by itself, in a network namespace; NFS needs root.',
    data: { tail },
  });
}

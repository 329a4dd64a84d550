import { basename, join } from 'node:path';
import { LivewrightError } from '../errors.ts';
import type { Listener, ServedService, ServeRequest } from '../events/events.ts';
import { findDhcpServer } from './dhcpProbe.ts';
import { startDnsmasq } from './dnsmasq.ts';
import { startHttp } from './http.ts';
import { keepUp } from './keepUp.ts';
import { prepareMenus, type ServedMenus } from './menus.ts';
import type { AddressRange, ServedNetwork } from './network.ts';
import { startNfs } from './nfs.ts';
import { checkPorts, neededPorts } from './ports.ts';
import { type ServiceRoom, type Started, serviceFailed } from './services.ts';
import type { NetbootTree } from './tree.ts';
import type { WebMount } from './webPaths.ts';

export interface ServeOptions {
  readonly tree: NetbootTree;
  readonly network: ServedNetwork;
  /** `proxy`: beside another DHCP server. A range: the addresses to give out. */
  readonly dhcp: 'proxy' | 'none' | AddressRange;
  readonly tftp: boolean;
  /** Whether iPXE gets the image's script for it, or what other firmware gets. */
  readonly ipxe: boolean;
  readonly nfs: boolean;
  /** Absent: no web server. */
  readonly httpPort?: number;
  readonly room: ServiceRoom;
  readonly emit: Listener;
  readonly signal: AbortSignal;
}

/**
 * Serves a netboot image on one interface until the signal comes, and then resolves with nothing left running.
 * SERVE_FAILED if a service does not start, or ends by itself again and again.
 */
export async function serveNetboot(options: ServeOptions): Promise<void> {
  const { network, signal } = options;
  await checkPorts(network.address, neededPorts(options));
  await checkDhcp(options);
  const menus = await servedMenus(options);
  const running: Started[] = [];
  try {
    for await (const started of startAll(options, menus)) running.push(started);
    announce(options, menus);
    await untilStopped(running, signal);
  } finally {
    await Promise.all(running.map(({ stop }) => stop()));
  }
}

/** Two servers that give addresses break a network; without any, no machine gets one. */
async function checkDhcp({ network, dhcp, emit }: ServeOptions): Promise<void> {
  if (dhcp === 'none') return;
  const { interfaceName } = network;
  const server = await findDhcpServer(network);
  if (dhcp === 'proxy' && server === undefined) {
    const message = `No DHCP server answers on ${interfaceName}, so machines that want to boot get no address.`;
    emit({ type: 'warning', message, hint: 'Use --dhcp if there is none on that network.' });
  }
  if (dhcp !== 'proxy' && server !== undefined) {
    throw new LivewrightError('SERVE_FAILED', {
      message: `${server} gives out addresses on ${interfaceName} already, and there must be only one that does.`,
      hint: 'Leave --dhcp out: then what to boot is added to the answers of that server.',
      data: { server, interface: interfaceName },
    });
  }
}

async function* startAll(options: ServeOptions, menus: ServedMenus): AsyncGenerator<Started> {
  const { tree, network, httpPort, room } = options;
  const onRequest = (request: ServeRequest) => options.emit({ type: 'serve-request', ...request });
  if (httpPort !== undefined) {
    const mounts = webMounts(tree, exportPathOf(options, menus));
    yield startHttp({ address: network.address, port: httpPort, mounts, replaced: menus.replaced, onRequest });
  }
  if (options.nfs) {
    const exportPath = exportPathOf(options, menus);
    yield* startNfs(room, { address: network.address, directory: tree.rootDirectory, exportPath }, options);
  }
  if (options.tftp || options.dhcp !== 'none') {
    yield keepUp(() => startDnsmasq(room, { ...options, menus, onRequest }), options);
  }
}

/**
 * The menus at the top, where GRUB and iPXE look for what belongs to them; both halves of the image also where an ordinary
 * web server would have them; and the root by the name that `fetch=` has for it.
 */
function webMounts({ tftpDirectory, rootDirectory, rootName }: NetbootTree, exportPath: string): WebMount[] {
  const names = new Set([rootName, basename(exportPath)]);
  return [
    { prefix: '/', directory: tftpDirectory },
    { prefix: '/tftpboot/', directory: tftpDirectory },
    ...[...names].map((name) => ({ prefix: `/${name}/`, directory: rootDirectory })),
  ];
}

function servedMenus({ tree, network, nfs, httpPort, room }: ServeOptions): Promise<ServedMenus> {
  const { address } = network;
  const addresses = {
    ...(nfs && { nfsServer: address }),
    ...(httpPort !== undefined && { webServer: httpPort === 80 ? address : `${address}:${httpPort}` }),
  };
  return prepareMenus({ tftpDirectory: tree.tftpDirectory, addresses, scratch: join(room.scratch, 'menus') });
}

/** Clients mount what their menu names, so that is the name it is exported by. */
function exportPathOf({ tree }: ServeOptions, { exportPath }: ServedMenus): string {
  return exportPath ?? `/srv/${tree.rootName}`;
}

function announce(options: ServeOptions, menus: ServedMenus): void {
  const { network, emit } = options;
  const { interfaceName, address } = network;
  if (menus.hiddenServers.length > 0) {
    const message = `The menus in the image name the server ${menus.hiddenServers.join(', ')}; they are served with ${address} in its place. The image stays as it is.`;
    emit({ type: 'note', message });
  }
  const systemUrl = `${webBase(options)}${basename(exportPathOf(options, menus))}/live/filesystem.squashfs`;
  emit({
    ...{ type: 'serve-ready', interface: interfaceName, address, services: listServices(options, menus) },
    ...(options.httpPort !== undefined && { systemUrl }),
  });
}

function webBase({ network, httpPort }: ServeOptions): string {
  return `http://${network.address}${httpPort === 80 ? '' : `:${httpPort}`}/`;
}

function listServices(options: ServeOptions, menus: ServedMenus): ServedService[] {
  const { network, dhcp, tftp, nfs, httpPort } = options;
  const { address } = network;
  const all: readonly (readonly [boolean, ServedService])[] = [
    [dhcp !== 'none', { protocol: 'dhcp', detail: describeDhcp(dhcp) }],
    [tftp, { protocol: 'tftp', detail: `tftp://${address}/` }],
    [httpPort !== undefined, { protocol: 'http', detail: webBase(options) }],
    [nfs, { protocol: 'nfs', detail: `${address}:${exportPathOf(options, menus)}, version 3, read-only` }],
  ];
  return all.flatMap(([isServed, service]) => (isServed ? [service] : []));
}

function describeDhcp(dhcp: ServeOptions['dhcp']): string {
  if (typeof dhcp === 'string') return 'proxyDHCP: another DHCP server gives the addresses';
  return `addresses from ${dhcp.first} to ${dhcp.last}`;
}

/** Resolves on the signal; rejects if a service ends before it. */
async function untilStopped(running: readonly Started[], signal: AbortSignal): Promise<void> {
  const stopped = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const failed = running.map(async (started) => {
    const end = await started.ended;
    // Ctrl-C reaches every program of the terminal's group, so one may be gone before we are told.
    await new Promise((resolve) => setTimeout(resolve, 200));
    return signal.aborted ? stopped : serviceFailed(started, end);
  });
  const outcome: LivewrightError | undefined = await Promise.race([stopped, ...failed]);
  if (outcome !== undefined) throw outcome;
}

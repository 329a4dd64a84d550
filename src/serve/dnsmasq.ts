import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServeRequest } from '../events/events.ts';
import type { Bind } from '../sandbox/types.ts';
import { ipxeScript, servedClients } from './clients.ts';
import { dnsmasqConfig } from './dnsmasqConfig.ts';
import { readDnsmasqLine } from './dnsmasqLog.ts';
import type { ServedMenus } from './menus.ts';
import type { ServeOptions } from './serve.ts';
import { type ServiceRoom, type Started, startReady } from './services.ts';

/** Where `tftpboot/` is to dnsmasq. */
const tftpRoot = '/tftpboot';

export interface DnsmasqOptions extends Pick<ServeOptions, 'tree' | 'network' | 'dhcp' | 'tftp' | 'ipxe' | 'httpPort'> {
  readonly menus: ServedMenus;
  readonly onRequest: (request: ServeRequest) => void;
}

/** Starts dnsmasq for DHCP or proxyDHCP and for TFTP. */
export async function startDnsmasq(room: ServiceRoom, options: DnsmasqOptions): Promise<Started> {
  const { tree, network, dhcp, tftp, ipxe, httpPort, menus, onRequest } = options;
  const files = new Set(await readdir(tree.tftpDirectory));
  const text = dnsmasqConfig({
    network,
    dhcp,
    clients: servedClients(files),
    hasIpxeScript: ipxe && files.has(ipxeScript),
    leaseFile: '/dnsmasq/leases',
    ...(tftp && { tftpRoot }),
    ...(httpPort !== undefined && { httpBase: `http://${network.address}${httpPort === 80 ? '' : `:${httpPort}`}` }),
  });
  const own = join(room.scratch, 'dnsmasq');
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'dnsmasq.conf'), text);
  return startReady(room, {
    name: 'dnsmasq',
    hint: 'Is there another DHCP or TFTP server on this interface (`ss -lunp`)?',
    argv: ['dnsmasq', '--keep-in-foreground', '--conf-file=/dnsmasq/dnsmasq.conf', '--log-facility=-', '--pid-file='],
    binds: [{ source: own, target: '/dnsmasq', writable: true }, ...tftpBinds(tree.tftpDirectory, menus)],
    isTelling: (line) => !line.endsWith('FAILED to start up'),
    onLine: (line) => {
      const request = readDnsmasqLine(line, tftpRoot);
      if (request !== undefined) onRequest(request);
    },
  });
}

/** The image's directory, with menus that name our address laid over those that name another. */
function tftpBinds(directory: string, { replaced }: ServedMenus): Bind[] {
  const copies = [...replaced].map(([file, copy]) => ({
    source: copy,
    target: tftpRoot + file.slice(directory.length),
  }));
  return [{ source: directory, target: tftpRoot }, ...copies];
}

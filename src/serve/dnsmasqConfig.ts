import { type BootClient, ipxeScript } from './clients.ts';
import { type AddressRange, networkAddress, type ServedNetwork } from './network.ts';

export interface DnsmasqSettings {
  readonly network: ServedNetwork;
  readonly dhcp: 'proxy' | 'none' | AddressRange;
  readonly clients: readonly BootClient[];
  /** Where `tftpboot/` is as dnsmasq sees it; absent: no TFTP, and then nothing is offered by it. */
  readonly tftpRoot?: string;
  /** `http://192.168.77.1:8080`; absent: no HTTP, and then iPXE gets what others get, and UEFI's HTTP boot nothing. */
  readonly httpBase?: string;
  readonly hasIpxeScript: boolean;
  readonly leaseFile: string;
}

/** The configuration of dnsmasq: one interface, no DNS, and for each kind of client what it is to start. */
export function dnsmasqConfig(settings: DnsmasqSettings): string {
  const { network, tftpRoot } = settings;
  const lines = [
    'port=0',
    `interface=${network.interfaceName}`,
    'except-interface=lo',
    'bind-interfaces',
    // Nobody: it stays who it is. In a user namespace there may be no one else to become.
    'user=',
    'group=',
    ...(tftpRoot === undefined ? [] : ['enable-tftp', `tftp-root=${tftpRoot}`, 'tftp-max=200']),
    ...(settings.dhcp === 'none' ? [] : dhcpLines(settings)),
  ];
  return `${lines.join('\n')}\n`;
}

function dhcpLines(settings: DnsmasqSettings): string[] {
  const { network, dhcp, clients } = settings;
  const codes = [...new Set(clients.map(({ architecture }) => architecture))];
  const range =
    typeof dhcp === 'string'
      ? [`dhcp-range=${networkAddress(network)},proxy,${network.netmask}`]
      : // We lead nowhere: no router and no name server is named.
        [`dhcp-range=${dhcp.first},${dhcp.last},${network.netmask},1h`, 'dhcp-option=3', 'dhcp-option=6'];
  return [
    `dhcp-leasefile=${settings.leaseFile}`,
    ...range,
    'dhcp-match=set:ipxe,175',
    ...codes.map((code) => `dhcp-match=set:arch${code},option:client-arch,${code}`),
    ...bootLines(settings),
  ];
}

interface Boot {
  readonly tags: string;
  readonly architecture: number;
  /** A name below `tftpboot/`, or a URL. */
  readonly file: string;
  readonly isHttp: boolean;
}

function bootLines(settings: DnsmasqSettings): string[] {
  const boots = listBoots(settings);
  const overHttp = boots.filter(({ isHttp }) => isHttp);
  const proxied = settings.dhcp === 'proxy' ? boots : [];
  return [
    ...boots.map(({ tags, file }) => `dhcp-boot=${tags},${file}`),
    // UEFI takes no offer for its HTTP boot that does not say this back (UEFI specification, HTTP boot).
    ...overHttp.map(({ tags }) => `dhcp-option-force=${tags},60,HTTPClient`),
    ...(proxied.length > 0 ? ['dhcp-pxe-vendor=PXEClient,HTTPClient'] : []),
    ...proxied.map(({ tags, architecture, file }) => `pxe-service=${tags},${architecture},"Network boot",${file}`),
  ];
}

/** What each kind of client is to start, as far as we serve it. iPXE is told from the firmware whose place it takes. */
function listBoots({ clients, tftpRoot, httpBase, hasIpxeScript }: DnsmasqSettings): Boot[] {
  const script = httpBase !== undefined && hasIpxeScript ? `${httpBase}/${ipxeScript}` : undefined;
  return clients.flatMap(({ architecture, by, file }): Boot[] => {
    const tag = `tag:arch${architecture}`;
    if (by === 'http') {
      return httpBase === undefined ? [] : [{ tags: tag, architecture, file: `${httpBase}/${file}`, isHttp: true }];
    }
    const tags = script === undefined ? tag : `tag:!ipxe,${tag}`;
    return [
      ...(tftpRoot === undefined ? [] : [{ tags, architecture, file, isHttp: false }]),
      ...(script === undefined ? [] : [{ tags: `tag:ipxe,${tag}`, architecture, file: script, isHttp: false }]),
    ];
  });
}

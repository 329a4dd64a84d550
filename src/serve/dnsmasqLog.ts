import type { ServeRequest } from '../events/events.ts';

interface Pattern {
  readonly line: RegExp;
  readonly read: (found: readonly string[]) => ServeRequest;
}

/** What dnsmasq says of an answer given, less its own name and process number. */
const patterns: readonly Pattern[] = [
  {
    line: /^dnsmasq-dhcp\S* (?:\d+ )?DHCPACK\(\S+\) (\S+) (\S+)/,
    read: ([, address = '', card = '']) => ({
      protocol: 'dhcp',
      client: card,
      request: 'address',
      outcome: address,
      isGood: true,
    }),
  },
  {
    line: /^dnsmasq-dhcp\S* (?:\d+ )?PXE\(\S+\) (?:(\S+) )?([0-9a-f:]{17}) (\S+)/,
    read: ([, , card = '', file = '']) => ({
      protocol: 'dhcp',
      client: card,
      request: 'boot file',
      outcome: file,
      isGood: true,
    }),
  },
  {
    line: /^dnsmasq-tftp\S* sent (\S+) to (\S+)/,
    read: ([, file = '', client = '']) => ({ protocol: 'tftp', client, request: file, outcome: 'sent', isGood: true }),
  },
  {
    line: /^dnsmasq-tftp\S* file (\S+) not found(?: for (\S+))?/,
    read: ([, file = '', client = '']) => ({
      protocol: 'tftp',
      client,
      request: file,
      outcome: 'not found',
      isGood: false,
    }),
  },
  {
    line: /^dnsmasq-tftp\S* failed sending (\S+) to (\S+)/,
    read: ([, file = '', client = '']) => ({
      protocol: 'tftp',
      client,
      request: file,
      outcome: 'broken off',
      isGood: false,
    }),
  },
];

/** The request that a line of dnsmasq's log tells of; undefined for all others. `tftpRoot` is taken off file names. */
export function readDnsmasqLine(line: string, tftpRoot: string): ServeRequest | undefined {
  for (const { line: pattern, read } of patterns) {
    const found = pattern.exec(line);
    if (found === null) continue;
    const request = read(found.map((part) => part ?? ''));
    return { ...request, request: withoutRoot(request.request, tftpRoot) };
  }
  return undefined;
}

function withoutRoot(file: string, root: string): string {
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1).replace(/^\/+/, '') : file;
}

import { networkInterfaces } from 'node:os';
import { LivewrightError } from '../errors.ts';

/** Where to serve: an address of an interface, and the network behind it (IPv4; PXE knows no other here). */
export interface ServedNetwork {
  readonly interfaceName: string;
  readonly address: string;
  readonly netmask: string;
}

export interface AddressRange {
  readonly first: string;
  readonly last: string;
}

/** IPv4 addresses by interface, as `os.networkInterfaces()` gives them. */
export type Interfaces = Readonly<Record<string, readonly { family: string; address: string; netmask: string }[]>>;

/** The interface the user named. USAGE if none was, OPTION_VALUE if there is no such one or it has no address. */
export function chooseNetwork(name: string | undefined, found: Interfaces = listInterfaces()): ServedNetwork {
  if (name === undefined) {
    throw new LivewrightError('USAGE', {
      message: 'It must be said on which network to serve; nothing is ever served on all of them.',
      hint: `Use --interface with one of: ${describe(found)}; or --netns with a network namespace.`,
    });
  }
  const own = found[name];
  if (own === undefined) {
    throw new LivewrightError('OPTION_VALUE', {
      message: `There is no network interface "${name}" here that is up and has an address.`,
      hint: `Expected one of: ${describe(found)}.`,
      data: { name },
    });
  }
  const first = own.find(({ family }) => family === 'IPv4');
  if (first === undefined) {
    throw new LivewrightError('OPTION_VALUE', {
      message: `The interface "${name}" has no IPv4 address, and network boot needs one.`,
      hint: `For example: ip address add 192.168.77.1/24 dev ${name}.`,
      data: { name },
    });
  }
  return { interfaceName: name, address: first.address, netmask: first.netmask };
}

/** The one interface besides loopback, where a namespace has but one. */
export function soleInterface(found: Interfaces = listInterfaces()): string | undefined {
  const names = Object.keys(found).filter((name) => found[name]?.some(({ address }) => !address.startsWith('127.')));
  return names.length === 1 ? names[0] : undefined;
}

function listInterfaces(): Interfaces {
  return networkInterfaces() as Interfaces;
}

function describe(found: Interfaces): string {
  const parts = Object.entries(found).map(([name, addresses]) => {
    const own = addresses.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
    return `${name} (${own.length === 0 ? 'no IPv4 address' : own.join(', ')})`;
  });
  return parts.length === 0 ? '(this machine has none)' : parts.join(', ');
}

export function networkAddress({ address, netmask }: ServedNetwork): string {
  return toText(toNumber(address) & toNumber(netmask));
}

export function broadcastAddress({ address, netmask }: ServedNetwork): string {
  return toText(toNumber(address) | ~toNumber(netmask));
}

/** Up to a hundred addresses from the upper half of the network, which routers seldom use, and never our own. */
export function defaultRange(network: ServedNetwork): AddressRange {
  const mask = toNumber(network.netmask);
  const base = (toNumber(network.address) & mask) >>> 0;
  const size = 2 ** 32 - mask;
  const own = toNumber(network.address);
  const last = base + size - 2;
  const first = Math.max(base + 1, last - Math.min(99, Math.floor(size / 2)));
  if (size < 4 || (own === first && own === last)) throw tooSmall(network);
  if (own < first || own > last) return { first: toText(first), last: toText(last) };
  // Our own address splits it: the longer part.
  return own - first > last - own
    ? { first: toText(first), last: toText(own - 1) }
    : { first: toText(own + 1), last: toText(last) };
}

/** `FIRST,LAST`, both of the interface's network. */
export function parseRange(text: string, network: ServedNetwork): AddressRange {
  const [first = '', last = '', ...more] = text.split(',').map((part) => part.trim());
  const isInside = (address: string) => isAddress(address) && inNetwork(address, network);
  if (more.length === 0 && isInside(first) && isInside(last) && toNumber(first) <= toNumber(last)) {
    return { first, last };
  }
  const example = defaultRange(network);
  throw new LivewrightError('OPTION_VALUE', {
    message: `--range is "${text}"; expected the first and the last address to give out, both of the network of ${network.interfaceName} (${network.address}, netmask ${network.netmask}).`,
    hint: `For example: --range ${example.first},${example.last}.`,
  });
}

function inNetwork(address: string, network: ServedNetwork): boolean {
  const mask = toNumber(network.netmask);
  return (toNumber(address) & mask) === (toNumber(network.address) & mask);
}

function isAddress(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(number: number): string {
  const value = number >>> 0;
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

function tooSmall({ interfaceName, address, netmask }: ServedNetwork): LivewrightError {
  return new LivewrightError('OPTION_VALUE', {
    message: `The network of ${interfaceName} (${address}, netmask ${netmask}) has no address to give out.`,
    hint: 'Use --proxy, or give the interface an address in a larger network.',
  });
}

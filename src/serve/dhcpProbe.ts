import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { broadcastAddress, type ServedNetwork } from './network.ts';

const MAGIC = 0x63_82_53_63;
const headerBytes = 236;
const serverIdentifier = 54;

/** A server first looks whether the address is free (RFC 2131, 2.2); dnsmasq waits three seconds for that. */
const patienceMs = 5000;

/**
 * Asks the network for an address, and takes none. Gives the DHCP server that answers first, or undefined. Undefined too
 * where asking is not possible, as this machine's own DHCP client has the port.
 */
export async function findDhcpServer(network: ServedNetwork, waitMs = patienceMs): Promise<string | undefined> {
  const id = randomBytes(4).readUInt32BE();
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  try {
    return await new Promise<string | undefined>((resolve) => {
      const give = (server?: string) => resolve(server);
      const ask = () => socket.send(renderDiscover(id), 67, broadcastAddress(network), (error) => error && give());
      socket.on('error', () => give());
      socket.on('message', (message) => {
        const server = readOffer(message, id);
        if (server !== undefined) give(server);
      });
      socket.bind(68, () => {
        socket.setBroadcast(true);
        ask();
      });
      setTimeout(give, waitMs);
    });
  } finally {
    socket.close();
  }
}

/**
 * DHCPDISCOVER (RFC 2131, figure 1): operation, hardware type and length, hops, transaction, seconds, flags, addresses,
 * hardware address, names; then the magic number and options. The card is one that nobody has.
 */
export function renderDiscover(id: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.set([1, 1, 6, 0]);
  header.writeUInt32BE(id, 4);
  // The answer shall be broadcast: we have no address that it could be sent to.
  header.writeUInt16BE(0x8000, 10);
  header.set([0x02, 0x4c, 0x57], 28);
  header.writeUIntBE(id % 2 ** 24, 31, 3);
  const options = Buffer.from([0, 0, 0, 0, 53, 1, 1, 55, 3, 1, 3, serverIdentifier, 255]);
  options.writeUInt32BE(MAGIC);
  return Buffer.concat([header, options]);
}

/** Who made the offer; undefined if the message is none, or not for us. */
export function readOffer(message: Buffer, id: number): string | undefined {
  if (message.length < headerBytes + 4 || message[0] !== 2 || message.readUInt32BE(4) !== id) return undefined;
  if (message.readUInt32BE(headerBytes) !== MAGIC) return undefined;
  const options = readOptions(message.subarray(headerBytes + 4));
  const server = options.get(serverIdentifier);
  // proxyDHCP offers no address.
  const isOffer = options.get(53)?.[0] === 2 && message.readUInt32BE(16) !== 0;
  return isOffer && server?.length === 4 ? [...server].join('.') : undefined;
}

function readOptions(bytes: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length && bytes[at] !== 255; ) {
    const [code = 0, length = 0] = [bytes[at], bytes[at + 1]];
    // 0 is padding, without a length.
    if (code !== 0) options.set(code, bytes.subarray(at + 2, at + 2 + length));
    at += code === 0 ? 1 : 2 + length;
  }
  return options;
}

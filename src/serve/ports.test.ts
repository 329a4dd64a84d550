import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { checkPorts, neededPorts } from './ports.ts';

test('a port that another program has', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const needed = { protocol: 'tcp', port, purpose: 'HTTP', without: 'another --http-port, or --no-http' } as const;
  await expect(checkPorts('127.0.0.1', [needed])).rejects.toMatchObject({
    code: 'SERVE_FAILED',
    message: `Port ${port} (HTTP) of 127.0.0.1 is taken by another program.`,
    hint: `\`ss -ltnp 'sport = :${port}'\` shows which; or do without: another --http-port, or --no-http.`,
  });
});

test('a port that others may have too', async () => {
  const socket = createSocket({ type: 'udp4', reuseAddr: true }).bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  const needed = { protocol: 'udp', port: socket.address().port, purpose: 'DHCP', without: '--no-dhcp' } as const;
  await expect(checkPorts('127.0.0.1', [needed])).rejects.toThrow('is taken');
  await checkPorts('127.0.0.1', [{ ...needed, isShared: true }]);
});

test('an address that is not of this machine', async () => {
  const needed = { protocol: 'udp', port: 0, purpose: 'TFTP', without: '--no-tftp' } as const;
  await expect(checkPorts('192.0.2.1', [needed])).rejects.toThrow('cannot be opened (EADDRNOTAVAIL)');
});

test.each([
  [{ dhcp: 'none', tftp: false, nfs: false }, []],
  [{ dhcp: 'proxy', tftp: true, nfs: false, httpPort: 8080 }, [67, 69, 8080]],
  [{ dhcp: 'none', tftp: false, nfs: true }, [111, 111, 2049]],
] as const)('what %j needs', (wishes, ports) => {
  expect(neededPorts(wishes).map(({ port }) => port)).toEqual(ports);
});

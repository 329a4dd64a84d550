import { expect, test } from 'vitest';
import { readyLines, requestLine } from './served.ts';

test('what is served where', () => {
  const services = [
    { protocol: 'tftp', detail: 'tftp://10.0.0.1/' },
    { protocol: 'nfs', detail: '10.0.0.1:/srv/debian-live, version 3, read-only' },
  ] as const;
  expect(readyLines({ type: 'serve-ready', interface: 'eth1', address: '10.0.0.1', services })).toEqual([
    'Serving on eth1 (10.0.0.1); Ctrl-C ends it.',
    '  TFTP  tftp://10.0.0.1/',
    '  NFS   10.0.0.1:/srv/debian-live, version 3, read-only',
  ]);
});

test('requests stand in columns, whether the client has an address yet or not', () => {
  const common = { request: 'pxelinux.0', outcome: 'sent', isGood: true } as const;
  expect(requestLine({ protocol: 'tftp', client: '10.0.0.9', ...common })).toBe(
    'tftp  10.0.0.9           pxelinux.0: sent',
  );
  expect(requestLine({ protocol: 'dhcp', client: '52:54:00:12:34:56', ...common })).toBe(
    'dhcp  52:54:00:12:34:56  pxelinux.0: sent',
  );
});

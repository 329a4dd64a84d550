import { expect, test } from 'vitest';
import {
  broadcastAddress,
  chooseNetwork,
  defaultRange,
  type Interfaces,
  networkAddress,
  parseRange,
  soleInterface,
} from './network.ts';

const ipv4 = (address: string, netmask = '255.255.255.0') => ({ family: 'IPv4', address, netmask });
const found: Interfaces = {
  lo: [ipv4('127.0.0.1', '255.0.0.0')],
  eth0: [{ family: 'IPv6', address: 'fe80::1', netmask: 'ffff::' }, ipv4('10.0.0.7'), ipv4('10.1.0.7')],
  wlan0: [{ family: 'IPv6', address: 'fe80::2', netmask: 'ffff::' }],
};
const network = (address: string, netmask?: string) => ({ interfaceName: 'eth0', ...ipv4(address, netmask) });

test('nothing is served where the user has not said', () => {
  expect(() => chooseNetwork(undefined, found)).toThrow(/on which network/);
  expect(() => chooseNetwork(undefined, found)).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      hint: expect.stringContaining('lo (127.0.0.1), eth0 (10.0.0.7, 10.1.0.7), wlan0 (no IPv4 address)'),
    }),
  );
});

test.each([
  ['eth9', 'There is no network interface "eth9" here'],
  ['wlan0', 'The interface "wlan0" has no IPv4 address'],
])('--interface %s', (name, sentence) => {
  expect(() => chooseNetwork(name, found)).toThrow(sentence);
});

test('the first IPv4 address of the interface is served', () => {
  expect(chooseNetwork('eth0', found)).toEqual({
    interfaceName: 'eth0',
    address: '10.0.0.7',
    netmask: '255.255.255.0',
  });
});

test('in a namespace with one interface there is nothing to choose', () => {
  expect(soleInterface({ lo: found['lo']!, veth0: [ipv4('10.0.0.1')] })).toBe('veth0');
  expect(soleInterface(found)).toBeUndefined();
});

test.each([
  ['10.9.8.7', '255.255.255.0', '10.9.8.0', '10.9.8.155', '10.9.8.254'],
  ['10.9.8.254', '255.255.255.0', '10.9.8.0', '10.9.8.155', '10.9.8.253'],
  ['10.9.8.160', '255.255.255.0', '10.9.8.0', '10.9.8.161', '10.9.8.254'],
  ['192.168.255.1', '255.255.0.0', '192.168.0.0', '192.168.255.155', '192.168.255.254'],
  ['10.0.0.1', '255.255.255.252', '10.0.0.0', '10.0.0.2', '10.0.0.2'],
  ['10.0.0.2', '255.255.255.252', '10.0.0.0', '10.0.0.1', '10.0.0.1'],
])('%s, netmask %s: network %s, gives out %s to %s', (address, netmask, base, first, last) => {
  expect(networkAddress(network(address, netmask))).toBe(base);
  expect(defaultRange(network(address, netmask))).toEqual({ first, last });
});

test.each([
  ['10.9.8.7', '255.255.255.0', '10.9.8.255'],
  ['192.168.3.1', '255.255.252.0', '192.168.3.255'],
  ['10.0.0.1', '255.0.0.0', '10.255.255.255'],
])('%s, netmask %s: everyone is %s', (address, netmask, everyone) => {
  expect(broadcastAddress(network(address, netmask))).toBe(everyone);
});

test('a network without room gives out nothing', () => {
  expect(() => defaultRange(network('10.0.0.1', '255.255.255.255'))).toThrow('has no address to give out');
  expect(() => defaultRange(network('10.0.0.1', '255.255.255.254'))).toThrow('has no address to give out');
});

test('--range', () => {
  expect(parseRange('10.0.0.20, 10.0.0.30', network('10.0.0.1'))).toEqual({ first: '10.0.0.20', last: '10.0.0.30' });
});

test.each(['', '10.0.0.20', '10.0.0.30,10.0.0.20', '10.0.0.1,10.0.1.20', '10.0.0.1,10.0.0.256', '1,2', '10.0.0.1,b,c'])(
  '--range "%s" is refused',
  (text) => {
    expect(() => parseRange(text, network('10.0.0.1'))).toThrow(
      expect.objectContaining({ code: 'OPTION_VALUE', hint: 'For example: --range 10.0.0.155,10.0.0.254.' }),
    );
  },
);

import { expect, test } from 'vitest';
import { readOffer, renderDiscover } from './dhcpProbe.ts';

function offer(options: readonly number[], change: (message: Buffer) => void = () => {}): Buffer {
  const message = Buffer.alloc(236);
  message.set([2, 1, 6, 0]);
  message.writeUInt32BE(77, 4);
  message.set([10, 0, 0, 50], 16);
  change(message);
  return Buffer.concat([message, Buffer.from([0x63, 0x82, 0x53, 0x63, ...options])]);
}

const good = [53, 1, 2, 0, 54, 4, 10, 0, 0, 1, 255];

test('an offer names its server', () => {
  expect(readOffer(offer(good), 77)).toBe('10.0.0.1');
});

test.each([
  ['for another', offer(good), 78],
  ['without an address: proxyDHCP', offer(good, (message) => message.fill(0, 16, 20)), 77],
  ['an acknowledgement', offer([53, 1, 5, 54, 4, 10, 0, 0, 1, 255]), 77],
  ['without a server', offer([53, 1, 2, 255]), 77],
  ['cut short', offer([53, 1, 2, 54, 4, 10]), 77],
  ['a question', offer(good, (message) => message.set([1])), 77],
  ['without options', offer(good).subarray(0, 236), 77],
  ['of BOOTP', offer(good).fill(0, 236, 240), 77],
])('%s is no offer to us', (_, message, id) => {
  expect(readOffer(message, id)).toBeUndefined();
});

test('the question', () => {
  const message = renderDiscover(0x01_02_03_04);
  expect(message.subarray(0, 12).toString('hex')).toBe('010106000102030400008000');
  expect(message.subarray(28, 34).toString('hex')).toBe('024c57020304');
  expect(message.subarray(236).toString('hex')).toBe('63825363350101370301' + '0336ff');
});

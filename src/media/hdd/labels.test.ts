import { expect, test } from 'vitest';
import { checkLabel } from './labels.ts';

test.each([
  ['fat32', 'DEBIAN_LIVE'],
  ['fat16', ''],
  ['ext4', 'sixteen bytes ok'],
] as const)('%s: %j', (filesystem, label) => expect(() => checkLabel({ filesystem, label })).not.toThrow());

test.each([
  ['fat32', 'TWELVE_BYTES', 'is 12 bytes long, and fat32 holds at most 11'],
  ['fat16', 'A/B', 'has a "/", which a label of fat16 cannot have'],
  ['fat32', 'ÄÖ', 'has a "Ä"'],
  ['ext2', 'seventeen bytes!!', 'is 17 bytes long, and ext2 holds at most 16'],
  ['ext4', 'a"b', 'has a "\\"", which'],
  ['ext4', 'a\nb', 'has a "\\n", which'],
] as const)('%s: %j is refused', (filesystem, label, message) => {
  expect(() => checkLabel({ filesystem, label })).toThrow(message);
});

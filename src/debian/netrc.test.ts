import { expect, test } from 'vitest';
import type { Downloader } from './http.ts';
import { parseCredentials, withCredentials } from './netrc.ts';

const text = `# of the vendor
machine a.example login me password p@ss
machine http://b.example:8080/only
  login you
  password word
machine c.example/deep login c password d
`;

test.each([
  ['https://a.example/debian/x', 'https://me:p%40ss@a.example/debian/x'],
  ['http://a.example/debian/x', 'http://a.example/debian/x'],
  ['https://a.example.org/x', 'https://a.example.org/x'],
  ['http://b.example:8080/only/x', 'http://you:word@b.example:8080/only/x'],
  ['http://b.example:8080/other', 'http://b.example:8080/other'],
  ['https://c.example/deep/x', 'https://c:d@c.example/deep/x'],
  ['https://z:y@a.example/x', 'https://z:y@a.example/x'],
  ['file:///srv/x', 'file:///srv/x'],
])('%s is asked for as %s', async (url, expected) => {
  const asked: string[] = [];
  const plain = { fetchBytes: async (address: string) => Buffer.from(String(asked.push(address))) } as Downloader;
  await withCredentials(plain, parseCredentials(text)).fetchBytes(url);
  expect(asked).toEqual([expected]);
});

test('half an entry does no harm', () => {
  expect(parseCredentials('login x\nmachine')).toEqual([]);
});

import { expect, test } from 'vitest';
import { createProxyChooser } from './proxy.ts';

const env = { http_proxy: 'http://p:1', HTTPS_PROXY: 'q:2', no_proxy: 'localhost,.inner.example, host.example:8080' };

test.each([
  ['http://mirror.example/', undefined, 'http://p:1'],
  ['https://mirror.example/', undefined, 'http://q:2'],
  ['http://localhost/', undefined, undefined],
  ['http://a.inner.example/', undefined, undefined],
  ['http://inner.example/', undefined, undefined],
  ['http://winner.example/', undefined, 'http://p:1'],
  ['http://host.example/', undefined, 'http://p:1'],
  ['http://host.example:8080/', undefined, undefined],
  ['http://mirror.example/', 'http://mine:3', 'http://mine:3'],
  ['http://mirror.example/', 'DIRECT', undefined],
  ['ftp://mirror.example/', undefined, undefined],
])('%s with option %s goes through %s', (url, option, expected) => {
  expect(createProxyChooser(option, env)(new URL(url))).toBe(expected);
});

test('without settings there is no proxy', () => {
  expect(createProxyChooser(undefined, {})(new URL('http://mirror.example/'))).toBeUndefined();
  expect(createProxyChooser('', { no_proxy: '*', http_proxy: 'x' })(new URL('http://mirror.example/'))).toBeUndefined();
});

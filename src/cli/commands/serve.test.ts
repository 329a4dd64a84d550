import { expect, test } from 'vitest';
import { makeDirectory, makeHost } from '../host.testing.ts';
import { runMain } from '../main.ts';

// What is refused before anything is fetched or started.
test.each([
  [[], '"lb serve" needs netboot [IMAGE].', 'USAGE'],
  [['iso'], 'Expected "netboot" and perhaps one image, found "iso".', 'USAGE'],
  [['netboot', 'a.tar', 'b.tar'], 'found "netboot a.tar b.tar"', 'USAGE'],
  [['netboot', 'a.tar', '--dhcp', '--proxy'], '--dhcp and --proxy contradict each other.', 'USAGE'],
  [['netboot', 'a.tar', '--range', '10.0.0.1,10.0.0.9'], '--range names addresses to give out', 'USAGE'],
  [['netboot', 'a.tar', '--http-port', '99999'], 'expected at most 65535', 'OPTION_VALUE'],
  [['netboot', 'a.tar', '--http-port', 'x'], '--http-port is "x"; expected a port', 'OPTION_VALUE'],
  [['netboot', 'no.tar'], 'There is no netboot image ', 'IMAGE_NOT_FOUND'],
  [['netboot'], '/live-image-amd64.netboot.tar.', 'IMAGE_NOT_FOUND'],
  [['netboot', 'a.tar'], 'It must be said on which network to serve', 'USAGE'],
  [['netboot', 'a.tar', '--interface', 'nothere0'], 'There is no network interface "nothere0"', 'OPTION_VALUE'],
  [['netboot', 'a.tar', '--netns', 'nothere'], 'There is no network namespace "nothere"', 'OPTION_VALUE'],
  [['netboot', 'a.tar', '--netns', '../net'], 'There is no network namespace "../net"', 'OPTION_VALUE'],
  [
    ['netboot', 'a.tar', '--interface', 'lo', '--dhcp', '--range', '10.0.0.1,10.0.0.2'],
    'both of the network of lo (127.0.0.1',
    'OPTION_VALUE',
  ],
])('lb serve %j: %s', async (words, sentence, code) => {
  const host = makeHost(
    makeDirectory({ 'a.tar': '', '.build/config': '', 'config/bootstrap': 'LB_ARCHITECTURE="amd64"\n' }),
  );
  expect(await runMain(['serve', ...words], host)).toBe(2);
  expect(host.errors().replaceAll(/\s+/g, ' ')).toContain(sentence);
  expect(host.errors()).toContain(`[${code}]`);
});

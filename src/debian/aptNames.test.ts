import { expect, test } from 'vitest';
import { aptListFileName, isFlat, suitePath } from './aptNames.ts';

// InRelease names as apt 2.6 prints them with `apt-get update --print-uris`.
test.each([
  ['http://mirror.example/debian', 'dists/trixie/InRelease', 'mirror.example_debian_dists_trixie_InRelease'],
  [
    'http://mirror.example/debian/',
    'dists/trixie/main/binary-amd64/Packages',
    'mirror.example_debian_dists_trixie_main_binary-amd64_Packages',
  ],
  [
    'https://user:pw@mirror.example:8080/a_b/~x',
    'dists/sid/InRelease',
    'mirror.example:8080_a%5fb_%7ex_dists_sid_InRelease',
  ],
  ['file:///srv/repo', 'dists/x/InRelease', '_srv_repo_dists_x_InRelease'],
  ['file:/srv/repo', './InRelease', '_srv_repo_._InRelease'],
  ['http://mirror.example/a+b', 'dists/x/InRelease', 'mirror.example_a+b_dists_x_InRelease'],
])('%s %s', (uri, path, expected) => expect(aptListFileName(uri, path)).toBe(expected));

test.each([
  ['trixie', 'dists/trixie', false],
  ['trixie/updates', 'dists/trixie/updates', false],
  ['./', '.', true],
  ['/', '', true],
  ['stable/amd64/', 'stable/amd64', true],
])('suite %s is at "%s"', (suite, path, flat) => {
  expect(suitePath(suite)).toBe(path);
  expect(isFlat(suite)).toBe(flat);
});

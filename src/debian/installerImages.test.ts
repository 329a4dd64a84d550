import { expect, test } from 'vitest';
import { installerDirectory, netbootImages, parseSha256Sums } from './installerImages.ts';

const sum = 'a'.repeat(64);

test('where the archive keeps the installer', () => {
  expect(installerDirectory('amd64')).toBe('main/installer-amd64/current/images');
  expect(netbootImages('arm64', 'gtk')).toEqual({
    vmlinuz: 'netboot/gtk/debian-installer/arm64/linux',
    initrd: 'netboot/gtk/debian-installer/arm64/initrd.gz',
  });
  expect(netbootImages('amd64', 'text').initrd).toBe('netboot/debian-installer/amd64/initrd.gz');
});

test('a list of checksums', () => {
  const sums = parseSha256Sums(`${sum}  ./netboot/a\n${sum} *b c\n`, 'http://mirror.example/SHA256SUMS');
  expect([...sums.keys()]).toEqual(['netboot/a', 'b c']);
});

test.each(['<html>', `${sum}`, `${sum.slice(1)}  ./a`])('no list of checksums: %s', (line) => {
  const parse = () => parseSha256Sums(`${line}\n`, 'http://mirror.example/SHA256SUMS');
  expect(parse).toThrow(expect.objectContaining({ code: 'RELEASE_FORMAT' }));
});

import { expect, test } from 'vitest';
import { lineText } from './segments.ts';
import { asciiSymbols } from './symbols.ts';
import { totalLines } from './totals.ts';

test.each([
  ['an ISO image', ['a.hybrid.iso', 'a.contents'], ['lb run', 'lb test', 'lb write']],
  ['a disk image and an archive', ['a.img', 'a.tar.tar'], ['lb run', 'lb test', 'lb write']],
  ['a netboot image', ['a.netboot.tar.xz'], ['lb test', 'lb serve netboot --interface NAME']],
  ['both', ['a.netboot.tar', 'a.iso'], ['lb run', 'lb test', 'lb write', 'lb serve netboot --interface NAME']],
  ['a netboot image that stays unpacked', ['binary/', 'tftpboot/'], ['lb serve netboot --interface NAME']],
  ['an archive to be unpacked', ['a.tar.tar'], []],
])('what to do with %s', (_, paths, commands) => {
  const outputs = paths.map((path) => ({ path, sizeBytes: 1 }));
  const done = { type: 'build-done', durationMs: 1, stepsRun: 1, stepsReused: 0, savedMs: 0, outputs } as const;
  const text = totalLines(done, asciiSymbols).map((line) => lineText(line));
  const told = text.flatMap((line) => /^ {2}\w[\w ]*: +(lb [a-z]+(?: [a-zA-Z-]+)*)/.exec(line)?.[1] ?? []);
  expect(told).toEqual(commands);
});

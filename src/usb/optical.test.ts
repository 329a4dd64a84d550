import { expect, test } from 'vitest';
import { parseDisc, requireDisc } from './optical.ts';

// As xorriso 1.5.4 and 1.5.6 print them; the first two recorded from `stdio:` files, the others composed of its messages.
const says = (medium: string, status: string, blocks: string, summary = '0 sessions') => [
  `Drive current: -outdev '/dev/sr0'`,
  `Media current: ${medium}`,
  `Media status : ${status}`,
  `Media blocks : ${blocks}`,
  `Media summary: ${summary}`,
];
const blankFile = says('stdio file, overwriteable', 'is blank', '0 readable , 41022956 writable , 41022956 overall');
const usedFile = says(
  'stdio file, overwriteable',
  'is written , is closed',
  '10240 readable , 0 writable , 10240 overall',
);
const cdr = says('CD-R', 'is blank', '0 readable , 359844 writable , 359844 overall');
const usedCdr = says(
  'CD-R',
  'is written , is appendable',
  '1000 readable , 358000 writable , 359844 overall',
  '1 session',
);
const dvdPlusRw = says('DVD+RW', 'is written , is closed', '2295104 readable , 0 writable , 2295104 overall');
const cdrw = says('CD-RW', 'is written , is closed', '200000 readable , 0 writable , 200000 overall');
const dvdr = says('DVD-R sequential recording', 'is blank', '0 readable , 2297888 writable , 2297888 overall');

test.each([
  ['a blank file', blankFile, { isBlank: true, isRewritable: true, roomBytes: 41022956 * 2048 }],
  ['a file with something in it', usedFile, { isBlank: false, isRewritable: true, roomBytes: 10240 * 2048 }],
  ['a blank CD-R', cdr, { medium: 'CD-R', isBlank: true, isRewritable: false, roomBytes: 359844 * 2048 }],
  ['a CD-R with a session', usedCdr, { isBlank: false, isRewritable: false, roomBytes: 0 }],
  ['a DVD+RW', dvdPlusRw, { isBlank: false, isRewritable: true, roomBytes: 2295104 * 2048 }],
  ['a written CD-RW, whose size only blanking shows', cdrw, { isBlank: false, isRewritable: true, roomBytes: 0 }],
])('%s', (_, lines, disc) => expect(parseDisc(lines)).toMatchObject(disc));

test.each<[string, string[], number, RegExp | undefined]>([
  ['fits', cdr, 700_000_000, undefined],
  ['a DVD image on a CD', cdr, 740_000_000, /too small: it has room for 737 MB/],
  ['a CD-R that is not blank', usedCdr, 1000, /written already and cannot be erased/],
  ['a written rewritable one', cdrw, 600_000_000, undefined],
  ['a DVD-R', dvdr, 4_700_000_000, undefined],
  ['no disc', says('is not recognizable', 'is not recognizable', '0 readable , 0 writable , 0 overall'), 1, /no disc/],
  ['no answer', [], 1, /no disc/],
])('%s', (_, lines, sizeBytes, refusal) => {
  const check = () => requireDisc(parseDisc(lines), '/dev/sr0', sizeBytes);
  if (refusal === undefined) expect(check).not.toThrow();
  else
    expect(check).toThrow(expect.objectContaining({ code: 'DEVICE_REFUSED', message: expect.stringMatching(refusal) }));
});

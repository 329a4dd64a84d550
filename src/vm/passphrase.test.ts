import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { followConsole } from './console.ts';
import { answerPassphrase } from './passphrase.ts';

/** What is typed while the guest says these pieces. */
async function typedWhile(pieces: readonly string[]): Promise<string[]> {
  const typed: string[] = [];
  const line: Duplex = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      typed.push(String(chunk));
      done();
    },
  });
  const console = followConsole(line, join(await tempDirectory(), 'log'));
  answerPassphrase(console, 'secret');
  for (const piece of pieces) {
    line.push(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await console.close();
  return typed;
}

test.each<[string, readonly string[], number]>([
  ['a prompt', ['[  4.2] loop0\nEnter passphrase for /dev/sda3: '], 1],
  ['a prompt in pieces', ['Enter pass', 'phrase for /dev/', 'sda3:', ' '], 1],
  ['a prompt that comes again', ['Please unlock disk x: ', '\nwrong\nPlease unlock disk x: '], 2],
  ['a prompt that never ends', Array(5).fill(['Enter passphrase for /dev/sda3: ', '\n']).flat(), 2],
  ['a line that only speaks of it', ['Enter passphrase for /dev/sda3: you did\n', 'loading\n'], 0],
])('%s is answered', async (_, pieces, times) => {
  expect(await typedWhile(pieces)).toEqual(Array(times).fill('secret\r'));
});

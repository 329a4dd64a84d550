import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LivewrightError } from '../../errors.ts';
import type { CommandContext } from '../context.ts';

/** The passphrase of an encrypted persistence: from `--passphrase-file`, else asked for twice without echo. */
export async function readPassphrase(context: CommandContext): Promise<Buffer> {
  const file = context.options['passphrase-file'];
  if (typeof file === 'string') return readPassphraseFile(resolve(context.directory, file));
  if (process.stdin.isTTY !== true) {
    throw new LivewrightError('USAGE', {
      message: 'There is no terminal to ask for the passphrase at.',
      hint: 'Put it into a file that only you can read, and name that with --passphrase-file.',
    });
  }
  const first = await readHidden(context, 'Passphrase for the persistence: ');
  const second = await readHidden(context, 'The same once more: ');
  if (first !== second) throw unusable('The two passphrases are not the same.');
  return checkPassphrase(Buffer.from(first));
}

/** A newline at the end, which editors add and nobody can type at boot, is no part of it. */
async function readPassphraseFile(path: string): Promise<Buffer> {
  const text = await readFile(path).catch((cause: unknown) => {
    throw new LivewrightError('OPTION_VALUE', {
      message: `The passphrase file ${path} cannot be read.`,
      hint: 'Name a file that has the passphrase in its one line.',
      place: { path },
      cause,
    });
  });
  return checkPassphrase(text.at(-1) === 0x0a ? text.subarray(0, -1) : text);
}

function checkPassphrase(passphrase: Buffer): Buffer {
  if (passphrase.length === 0) throw unusable('The passphrase is empty.');
  if (passphrase.includes(0x0a))
    throw unusable('The passphrase has more than one line, and could not be typed at boot.');
  // cryptsetup reads no more than this at a prompt.
  if (passphrase.length > 512) throw unusable('The passphrase has more than 512 bytes.');
  return passphrase;
}

function unusable(message: string): LivewrightError {
  return new LivewrightError('OPTION_VALUE', { message, hint: 'Nothing was written; run the same command again.' });
}

async function readHidden({ stderr, signal }: CommandContext, prompt: string): Promise<string> {
  stderr.write(prompt);
  process.stdin.setRawMode(true);
  process.stdin.setEncoding('utf8').resume();
  try {
    return await readKeys(signal);
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.pause();
    stderr.write('\n');
  }
}

/** In raw mode the terminal edits nothing: Enter, backspace, Ctrl-U, Ctrl-C and Ctrl-D are ours to understand. */
function readKeys(signal: AbortSignal): Promise<string> {
  return new Promise((settle, reject) => {
    let typed = '';
    const end = (answer: () => void) => {
      process.stdin.off('data', take);
      answer();
    };
    const take = (keys: string): void => {
      for (const key of keys) {
        if (key === '\r' || key === '\n' || key === '\u0004') {
          end(() => settle(typed));
          return;
        }
        if (key === '\u0003') process.kill(process.pid, 'SIGINT');
        else if (key === '\u0015') typed = '';
        else if (key === '\u007f' || key === '\b') typed = [...typed].slice(0, -1).join('');
        else typed += key;
      }
    };
    process.stdin.on('data', take);
    signal.addEventListener('abort', () => end(() => reject(signal.reason)), { once: true });
  });
}

import type { SerialConsole } from './console.ts';

/** cryptsetup's askpass in an initramfs: `Enter passphrase for /dev/sda3: `, `Please unlock disk …: `. */
const prompt = /(?:[Ee]nter passphrase for|[Pp]lease unlock disk) [^\n]*: ?$/;

/** A passphrase that was not taken the second time will not be the third time. */
const mostAnswers = 2;

/** Types `passphrase` on the serial line whenever the guest asks for one. Returns how to stop that. */
export function answerPassphrase(console: SerialConsole, passphrase: string): () => void {
  let answers = 0;
  let answered: string | undefined;
  return console.onLine((line, isPartial) => {
    if (!isPartial) {
      answered = undefined;
      return;
    }
    // The same prompt is heard again with every further character of its line.
    if (answered !== undefined || answers >= mostAnswers || !prompt.test(line.text)) return;
    answered = line.text;
    answers++;
    console.send(`${passphrase}\r`);
  });
}

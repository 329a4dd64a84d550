import { spawn } from 'node:child_process';

/** A shell at a terminal of its own. */
export interface ShellSession {
  readonly command: string;
  /** Typed one after the other, each when the prompt \`READY> \` is there; `\t` asks for completion. */
  readonly lines: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export const prompt = 'READY> ';

/** Types at an interactive shell (util-linux's script gives it the terminal), and returns all that it showed. */
export function typeAt({ command, lines, env }: ShellSession): Promise<string> {
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { PATH: process.env['PATH'] ?? '', TERM: 'dumb', LC_ALL: 'C.UTF-8', HOME: '/nonexistent', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = [...lines];
  let shown = '';
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    const at = shown.indexOf(prompt, seen);
    if (at < 0) return;
    seen = at + prompt.length;
    const next = waiting.shift();
    child.stdin.write(next === undefined ? 'exit\n' : `${next}\n`);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(shown));
  });
}

import type { Channel } from './channel.ts';
import type { SerialConsole } from './console.ts';
import { ask } from './facts.ts';
import { receiverScript } from './receiver.ts';

/** A program that is to run inside the guest, as root. */
export interface GuestCheck {
  /** For people and reports: `10-network.test`. */
  readonly name: string;
  readonly content: Uint8Array;
  readonly limitSeconds: number;
}

export interface CheckResult {
  readonly name: string;
  /** Null where there is none: the time was up, or the guest did not answer. */
  readonly exitCode: number | null;
  /** Absent where the exit code says it all. */
  readonly problem?: string;
  /** The end of what it wrote to standard output and standard error. */
  readonly output: string;
  /** How much it wrote before that. */
  readonly omittedBytes: number;
  readonly durationMs: number;
}

export interface CheckRun {
  readonly checks: readonly GuestCheck[];
  /** For the checks: `LW_BOOT` and the like. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long the guest may take beyond a check's own limit. */
  readonly graceMs: number;
  readonly signal?: AbortSignal;
}

/** Runs the checks one after the other. The console must have a shell that `askGuest` has prepared. */
export async function runChecks(console: SerialConsole, channel: Channel, run: CheckRun): Promise<CheckResult[]> {
  let problem = await startReceiver(console, channel, run);
  const results: CheckResult[] = [];
  for (const check of run.checks) {
    const result = problem === undefined ? await runCheck(channel, check, run) : unanswered(check, problem, 0);
    results.push(result);
    // A receiver that is stuck with one check will not take the next.
    if (result.problem === noAnswer) problem = noAnswer;
  }
  return results;
}

const noAnswer = 'the guest did not answer.';

/** The serial line takes lines of some hundred characters well; what arrived is checked by its length. */
const pieceLength = 256;
const receiverPath = '/tmp/.livewright-receiver';

/** Undefined, or why the guest cannot run checks. */
async function startReceiver(console: SerialConsole, channel: Channel, run: CheckRun): Promise<string | undefined> {
  const encoded = Buffer.from(receiverScript(run.environment)).toString('base64');
  for (let attempt = 0; attempt < 3; attempt++) {
    console.send(`: >${receiverPath}\r`);
    for (let at = 0; at < encoded.length; at += pieceLength) {
      console.send(`printf %s ${encoded.slice(at, at + pieceLength)} >>${receiverPath}\r`);
    }
    const length = await ask(console, 'length', `wc -c <${receiverPath}`);
    if (Number(length) !== encoded.length) continue;
    const start = `root setsid sh ${receiverPath}.sh </dev/null >/dev/null 2>&1 & echo started`;
    await ask(console, 'receiver', `base64 -d <${receiverPath} >${receiverPath}.sh; ${start}`);
    const ready = await channel.take(/ready (\d+)\n/, { timeoutMs: run.graceMs, ...pick(run) });
    if (!ready) return 'the guest did not open the virtio port.';
    return ready[1] === '0' ? undefined : 'nobody could become root in the guest.';
  }
  return 'the serial line did not carry the receiver.';
}

async function runCheck(channel: Channel, check: GuestCheck, run: CheckRun): Promise<CheckResult> {
  const id = `check-${run.checks.indexOf(check)}`;
  const startedMs = performance.now();
  const lines =
    Buffer.from(check.content)
      .toString('base64')
      .match(/.{1,1000}/g) ?? [];
  channel.send([`run ${id} ${check.limitSeconds}`, ...lines, '.', ''].join('\n'));
  const timeoutMs = check.limitSeconds * 1000 + run.graceMs;
  const answer = await channel.take(answerOf(id), { timeoutMs, ...pick(run) });
  const durationMs = Math.round(performance.now() - startedMs);
  if (!answer) return unanswered(check, noAnswer, durationMs);
  const [, code = '', size = '', length = '', text = ''] = answer;
  if (text.length !== Number(length)) return unanswered(check, 'the answer was cut off.', durationMs);
  const bytes = Buffer.from(text, 'base64');
  const output = bytes.toString('utf8');
  const shared = { name: check.name, output, omittedBytes: Number(size) - bytes.length, durationMs };
  // 124 is timeout(1)'s own; 137 that it had to use SIGKILL.
  const isLate = (code === '124' || code === '137') && durationMs >= check.limitSeconds * 1000;
  if (isLate) return { ...shared, exitCode: null, problem: `it did not end within ${check.limitSeconds} s.` };
  return { ...shared, exitCode: Number(code) };
}

function answerOf(id: string): RegExp {
  return new RegExp(`@${id} (\\d+) (\\d+) (\\d+) ([A-Za-z0-9+/=]*)@`);
}

function pick({ signal }: CheckRun): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}

function unanswered({ name }: GuestCheck, problem: string, durationMs: number): CheckResult {
  return { name, exitCode: null, problem, output: '', omittedBytes: 0, durationMs };
}

/** Why checks fail a boot, in one sentence; undefined where all passed. */
export function objectToChecks(results: readonly CheckResult[]): string | undefined {
  const failed = results.filter(({ exitCode }) => exitCode !== 0);
  const [first] = failed;
  if (!first) return undefined;
  const others = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
  if (first.problem !== undefined) return `Check ${first.name} failed${others}: ${first.problem}`;
  return `Check ${first.name} failed with exit code ${first.exitCode}${others}.`;
}

const defaultLimitSeconds = 120;

/** The limit that a check gives itself in a comment line: `# timeout: 60`. */
export function readLimit(content: Uint8Array): number {
  const head = Buffer.from(content.subarray(0, 4096)).toString('latin1');
  const seconds = Number(/^(?:#|\/\/|--)\s*timeout:\s*(\d{1,5})\s*$/m.exec(head)?.[1]);
  return seconds > 0 ? seconds : defaultLimitSeconds;
}

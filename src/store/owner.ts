import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { orIfAbsent, systemErrorCode } from '../errors.ts';
import { freshForMs } from './holdings.ts';

/** A process, told apart from every other that had or will have its number. */
export interface Owner {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process. */
  readonly startTicks: string;
  /** Number of the PID namespace in which `pid` counts. */
  readonly pidNamespace: string;
  /** The kernel's boot id, without hyphens. */
  readonly boot: string;
}

/** An owner's single act (one lock taken, one registration), as text: OWNER.NONCE. */
export interface Mark {
  readonly owner: Owner;
  readonly nonce: string;
  readonly text: string;
}

let current: Owner | undefined;

export function currentOwner(): Owner {
  current ??= readCurrentOwner();
  return current;
}

function readCurrentOwner(): Owner {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  return {
    // The number as this /proc counts it, which is the one others will look up there.
    pid: Number.parseInt(stat, 10),
    startTicks: parseStat(stat).startTicks,
    pidNamespace: /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0',
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim().replaceAll('-', ''),
  };
}

export function formatOwner({ pid, startTicks, pidNamespace, boot }: Owner): string {
  return `${pid}.${startTicks}.${pidNamespace}.${boot}`;
}

export function parseOwner(text: string): Owner | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.([0-9a-f]{32})$/.exec(text);
  if (!match) return undefined;
  const [, pid = '', startTicks = '', pidNamespace = '', boot = ''] = match;
  return { pid: Number(pid), startTicks, pidNamespace, boot };
}

export function newNonce(): string {
  return randomBytes(8).toString('hex');
}

export function newMark(): Mark {
  const owner = currentOwner();
  const nonce = newNonce();
  return { owner, nonce, text: `${formatOwner(owner)}.${nonce}` };
}

export function parseMark(text: string): Mark | undefined {
  const owner = parseOwner(text.slice(0, -17));
  const nonce = /\.([0-9a-f]{16})$/.exec(text)?.[1];
  return owner && nonce ? { owner, nonce, text } : undefined;
}

/**
 * Whether the process that left `path` still runs. One of another PID namespace (a container that shares the
 * directory) cannot be looked up; it counts as running while it keeps renewing the time of `path`.
 */
export async function isRunning(owner: Owner, path: string): Promise<boolean> {
  const here = currentOwner();
  if (owner.boot !== here.boot) return false;
  if (owner.pidNamespace !== here.pidNamespace) return isRenewed(path);
  const stat = await orIfAbsent(readFile(`/proc/${owner.pid}/stat`, 'latin1'), undefined).catch(() => undefined);
  if (stat === undefined) return isSignalable(owner.pid);
  const { state, startTicks } = parseStat(stat);
  return startTicks === owner.startTicks && state !== 'Z' && state !== 'X';
}

async function isRenewed(path: string): Promise<boolean> {
  const entry = await orIfAbsent(lstat(path), undefined);
  return entry !== undefined && Date.now() - entry.mtimeMs < freshForMs;
}

/** For a /proc that hides the processes of others (`hidepid`): they exist all the same. */
function isSignalable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

/** proc(5), /proc/pid/stat: the name in parentheses may hold anything, so count the fields after the last `)`. */
function parseStat(stat: string): { readonly state: string; readonly startTicks: string } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTicks: fields[19] ?? '' };
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError } from '../errors.ts';
import type { Sandbox } from '../sandbox/run.ts';
import { type ServiceEnd, startService } from '../sandbox/service.ts';
import type { Bind } from '../sandbox/types.ts';

/** Where programs of the tools tree `serve` run, and how. */
export interface ServiceRoom {
  readonly sandbox: Pick<Sandbox, 'start'>;
  readonly toolsRoot: string;
  /** A directory of our own. */
  readonly scratch: string;
}

/** Something that serves until it is stopped. */
export interface Started {
  /** `dnsmasq`. */
  readonly name: string;
  /** What to do where it fails. */
  readonly hint: string;
  /** Never rejects. */
  readonly ended: Promise<ServiceEnd>;
  stop(): Promise<void>;
}

export interface Service {
  readonly name: string;
  readonly hint: string;
  readonly argv: readonly string[];
  readonly binds: readonly Bind[];
  readonly onLine: (line: string) => void;
  /** Whether a line says that it serves now; absent: it does if it has not ended within half a second. */
  readonly isReady?: (line: string) => boolean;
}

const patienceMs = 30_000;
const settleMs = 500;

/** Starts a program in the caller's network and waits until it serves. SERVE_FAILED, with what it said, if it does not. */
export async function startReady(room: ServiceRoom, service: Service): Promise<Started> {
  const { name, hint, argv, onLine, isReady } = service;
  let nowReady: () => void = () => {};
  const ready = new Promise<'ready'>((resolve) => {
    nowReady = () => resolve('ready');
  });
  const running = startService(room.sandbox, {
    argv,
    root: { kind: 'directory', path: room.toolsRoot },
    binds: [...(await commonBinds(room)), ...service.binds],
    network: 'host',
    onLine: (line) => {
      onLine(line);
      if (isReady?.(line) === true) nowReady();
    },
  });
  const settled = delay(isReady === undefined ? settleMs : patienceMs).then(() => (isReady ? 'late' : 'ready'));
  const state = await Promise.race([ready, settled, running.ended.then(() => 'ended')]);
  if (state === 'ready') return { name, hint, ...running };
  await running.stop();
  throw serviceFailed(service, await running.ended);
}

export function serviceFailed({ name, hint }: Pick<Service, 'name' | 'hint'>, end: ServiceEnd): LivewrightError {
  const { tail, code, signal } = end;
  const said = tail.findLast((line) => line.trim() !== '');
  return new LivewrightError('SERVE_FAILED', {
    message: `${name} does not serve any more${said === undefined ? '' : `; its last words: ${said.trim().replace(/\.$/, '')}`}.`,
    hint,
    data: { name, code, signal, tail },
  });
}

/** Programs look up the users they are to run as; in a tools tree there are none. */
async function commonBinds({ scratch }: ServiceRoom): Promise<Bind[]> {
  const file = (name: string) => join(scratch, name);
  await mkdir(file('run'), { recursive: true });
  await writeFile(file('passwd'), 'root:x:0:0:root:/:/bin/false\n_rpc:x:0:0::/run:/bin/false\n');
  await writeFile(file('group'), 'root:x:0:\n');
  return [
    { source: file('run'), target: '/run', writable: true },
    { source: file('passwd'), target: '/etc/passwd' },
    { source: file('group'), target: '/etc/group' },
  ];
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

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
  /** Whether a line of its says what is wrong; absent: the last one does. */
  readonly isTelling?: (line: string) => boolean;
  /** Never rejects. */
  readonly ended: Promise<ServiceEnd>;
  stop(): Promise<void>;
}

export interface Service extends Pick<Started, 'name' | 'hint' | 'isTelling'> {
  readonly argv: readonly string[];
  readonly binds: readonly Bind[];
  readonly onLine: (line: string) => void;
  /** Whether a line says that it serves now; absent: it does if it has not ended within half a second. */
  readonly isReady?: (line: string) => boolean;
  /** Whether a line says that it will not serve, though it may go on. */
  readonly isFailed?: (line: string) => boolean;
}

const patienceMs = 30_000;
const settleMs = 500;

/** Starts a program in the caller's network and waits until it serves. SERVE_FAILED, with what it said, if it does not. */
export async function startReady(room: ServiceRoom, service: Service): Promise<Started> {
  const { name, hint, isTelling, argv, onLine, isReady } = service;
  let decide: (state: 'ready' | 'failed') => void = () => {};
  const said = new Promise<'ready' | 'failed'>((resolve) => {
    decide = resolve;
  });
  const running = startService(room.sandbox, {
    argv,
    root: { kind: 'directory', path: room.toolsRoot },
    binds: service.binds,
    network: 'host',
    onLine: (line) => {
      onLine(line);
      if (service.isFailed?.(line) === true) decide('failed');
      if (isReady?.(line) === true) decide('ready');
    },
  });
  const settled = delay(isReady === undefined ? settleMs : patienceMs).then(() => (isReady ? 'late' : 'ready'));
  const state = await Promise.race([said, settled, running.ended.then(() => 'ended')]);
  if (state === 'ready') return { name, hint, ...(isTelling && { isTelling }), ...running };
  await running.stop();
  throw serviceFailed(service, await running.ended);
}

export function serviceFailed(
  { name, hint, isTelling }: Pick<Started, 'name' | 'hint' | 'isTelling'>,
  { tail, code, signal }: ServiceEnd,
): LivewrightError {
  const said = tail.findLast(isTelling ?? ((line) => line.trim() !== ''));
  return new LivewrightError('SERVE_FAILED', {
    message: `${name} does not serve${said === undefined ? '' : `; its last words: ${said.trim().replace(/\.$/, '')}`}.`,
    hint,
    data: { name, code, signal, tail },
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

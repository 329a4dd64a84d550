import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LivewrightError } from '../errors.ts';

export interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type QmpArguments = Readonly<Record<string, unknown>>;

/** QEMU's machine protocol: JSON objects, one per line, commands answered in order, events in between. */
export interface QmpClient {
  /** The command's `return` value. Throws VM_FAILED on an error, on silence, and when QEMU has gone. */
  execute(command: string, args?: QmpArguments, timeoutMs?: number): Promise<unknown>;
  /** Every event so far, oldest first. */
  readonly events: readonly QmpEvent[];
  onEvent(listener: (event: QmpEvent) => void): () => void;
  /** Settles when the connection has ended. */
  readonly closed: Promise<void>;
  close(): void;
}

interface Pending {
  readonly command: string;
  resolve(value: unknown): void;
  reject(error: LivewrightError): void;
}

const defaultTimeoutMs = 20_000;

/** Connects, waits for the greeting and leaves negotiation mode. */
export async function connectQmp(socketPath: string, timeoutMs = defaultTimeoutMs): Promise<QmpClient> {
  const socket = await connectSocket(socketPath, timeoutMs);
  const session = new QmpSession(socket);
  try {
    await session.greeting(timeoutMs);
    await session.execute('qmp_capabilities', {}, timeoutMs);
    return session;
  } catch (error) {
    session.close();
    throw error;
  }
}

/** QEMU makes its sockets a moment after it starts, so a refusal is only final after `timeoutMs`. */
export async function connectSocket(path: string, timeoutMs = defaultTimeoutMs): Promise<Socket> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await tryConnect(path);
    } catch (cause) {
      if (performance.now() > deadline) {
        throw failure(`QEMU did not open its socket ${path} within ${Math.round(timeoutMs / 1000)} s.`, { cause });
      }
    }
    await sleep(50);
  }
}

function tryConnect(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

function failure(message: string, more: { readonly cause?: unknown; readonly data?: QmpArguments } = {}) {
  return new LivewrightError('VM_FAILED', { message, hint: 'See the log of QEMU beside the verdict.', ...more });
}

class QmpSession implements QmpClient {
  readonly events: QmpEvent[] = [];
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  readonly #greeted: Promise<void>;
  #greet: () => void = () => {};
  #nextId = 1;
  #buffer = '';
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#greeted = new Promise((resolve) => {
      this.#greet = resolve;
    });
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', () => socket.destroy());
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#end();
        resolve();
      });
    });
  }

  async greeting(timeoutMs: number): Promise<void> {
    const silence = sleep(timeoutMs, 'silent', { ref: false });
    const answer = await Promise.race([this.#greeted, this.closed.then(() => 'closed'), silence]);
    if (answer !== undefined) throw failure('QEMU did not greet on its control socket.');
  }

  execute(command: string, args: QmpArguments = {}, timeoutMs: number = defaultTimeoutMs): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(failure(`QEMU has ended and cannot do "${command}".`));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(failure(`QEMU did not answer "${command}" within ${timeoutMs} ms.`, { data: { command, args } }));
      }, timeoutMs);
      const settle = () => {
        clearTimeout(timer);
        this.#pending.delete(id);
      };
      this.#pending.set(id, {
        command,
        resolve: (value) => {
          settle();
          resolve(value);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    });
  }

  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#buffer += text;
    for (;;) {
      const end = this.#buffer.indexOf('\n');
      if (end < 0) return;
      const line = this.#buffer.slice(0, end).trim();
      this.#buffer = this.#buffer.slice(end + 1);
      if (line !== '') this.#receive(line);
    }
  }

  #receive(line: string): void {
    const message = parseObject(line);
    if (message === undefined) {
      this.#socket.destroy();
      return;
    }
    if ('QMP' in message) this.#greet();
    else if (typeof message['event'] === 'string') this.#announce(message['event'], message['data']);
    else if (typeof message['id'] === 'number') this.#answer(message['id'], message);
  }

  #announce(event: string, data: unknown): void {
    const happened: QmpEvent = { event, data: isRecord(data) ? data : {} };
    this.events.push(happened);
    for (const listener of this.#listeners) listener(happened);
  }

  #answer(id: number, message: Readonly<Record<string, unknown>>): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    const error = message['error'];
    if (!isRecord(error)) {
      pending.resolve(message['return']);
      return;
    }
    const reason = String(error['desc'] ?? error['class'] ?? 'no reason given');
    pending.reject(failure(`QEMU refused "${pending.command}": ${reason}`, { data: { ...error } }));
  }

  #end(): void {
    this.#isClosed = true;
    for (const pending of [...this.#pending.values()]) {
      pending.reject(failure(`QEMU ended while doing "${pending.command}".`));
    }
  }
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

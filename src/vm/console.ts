import { createWriteStream, type WriteStream } from 'node:fs';
import type { Duplex } from 'node:stream';
import { splitUnfinished, stripAnsi } from './ansi.ts';

export interface ConsoleLine {
  readonly text: string;
  /** Since the guest's power-on. */
  readonly afterMs: number;
}

/** Follows a guest's serial line. */
export interface SerialConsole {
  /** Every finished line so far, escape sequences removed. */
  readonly lines: readonly ConsoleLine[];
  /** The line that has not ended yet: where prompts stand. */
  readonly partial: string;
  /** When the guest last said something, since power-on; 0 before that. */
  readonly lastOutputMs: number;
  /** All text so far, lines joined by `\n`, and the partial line. */
  readonly text: string;
  /** Power-on is now: times count from here. */
  markPowerOn(): void;
  /** Called for each finished line and, with `isPartial`, whenever the last line grows. */
  onLine(listener: (line: ConsoleLine, isPartial: boolean) => void): () => void;
  /** Text that matches, in what comes from now on or, with `from`, after that offset of `text`; undefined in time. */
  expect(
    pattern: RegExp,
    options: { readonly timeoutMs: number; readonly from?: number },
  ): Promise<RegExpExecArray | undefined>;
  send(text: string): void;
  close(): Promise<void>;
}

/** Reads `stream` to the end and keeps its raw bytes in the file `logPath`. */
export function followConsole(stream: Duplex, logPath: string): SerialConsole {
  return new ConsoleFollower(stream, createWriteStream(logPath));
}

type Listener = (line: ConsoleLine, isPartial: boolean) => void;

class ConsoleFollower implements SerialConsole {
  readonly lines: ConsoleLine[] = [];
  partial = '';
  lastOutputMs = 0;
  readonly #stream: Duplex;
  readonly #log: WriteStream;
  readonly #listeners = new Set<Listener>();
  #finished = '';
  #rest = '';
  #powerOnMs = performance.now();

  constructor(stream: Duplex, log: WriteStream) {
    this.#stream = stream;
    this.#log = log;
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => this.#read(text));
    stream.on('error', () => stream.destroy());
  }

  get text(): string {
    return this.#finished + this.partial;
  }

  markPowerOn(): void {
    this.#powerOnMs = performance.now();
  }

  onLine(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  expect(
    pattern: RegExp,
    options: { readonly timeoutMs: number; readonly from?: number },
  ): Promise<RegExpExecArray | undefined> {
    const from = options.from ?? this.text.length;
    const find = () => pattern.exec(this.text.slice(from)) ?? undefined;
    const already = find();
    if (already) return Promise.resolve(already);
    return new Promise((resolve) => {
      const finish = (match: RegExpExecArray | undefined) => {
        clearTimeout(timer);
        stop();
        this.#stream.off('close', onClose);
        resolve(match);
      };
      const onClose = () => finish(undefined);
      const timer = setTimeout(finish, options.timeoutMs, undefined);
      const stop = this.onLine(() => {
        const match = find();
        if (match) finish(match);
      });
      this.#stream.once('close', onClose);
    });
  }

  send(text: string): void {
    if (this.#stream.writable) this.#stream.write(text);
  }

  async close(): Promise<void> {
    this.#stream.destroy();
    await new Promise<void>((resolve) => this.#log.end(() => resolve()));
  }

  #read(raw: string): void {
    this.#log.write(raw);
    const [complete, rest] = splitUnfinished(this.#rest + raw);
    this.#rest = rest;
    const afterMs = Math.round(performance.now() - this.#powerOnMs);
    this.lastOutputMs = afterMs;
    const parts = (this.partial + stripAnsi(complete)).replace(/\r+\n/g, '\n').split('\n');
    this.partial = parts.pop() ?? '';
    for (const part of parts) this.#finishLine({ text: part.replaceAll('\r', ''), afterMs });
    for (const listener of [...this.#listeners]) listener({ text: this.partial, afterMs }, true);
  }

  #finishLine(line: ConsoleLine): void {
    this.lines.push(line);
    this.#finished += `${line.text}\n`;
    for (const listener of [...this.#listeners]) listener(line, false);
  }
}

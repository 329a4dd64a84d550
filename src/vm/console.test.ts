import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ConsoleLine, followConsole, type SerialConsole } from './console.ts';

/** A serial line of which the test is the guest. */
class Line extends Duplex {
  readonly typed: string[] = [];
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.typed.push(chunk.toString());
    done();
  }
}

let directory: string;
let logPath: string;
let line: Line;
let console: SerialConsole;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tty'));
  logPath = join(directory, 'serial.log');
  line = new Line();
  console = followConsole(line, logPath);
});

afterEach(async () => {
  await console.close();
  await rm(directory, { recursive: true, force: true });
});

/** The guest says `text`; returns when it has been read. */
async function guestSays(text: string): Promise<void> {
  line.push(text);
  await new Promise((resolve) => setImmediate(resolve));
}

test('lines end at a line feed, whatever carriage returns there are', async () => {
  await guestSays('one\r\ntwo\r\r\nth');
  await guestSays('ree\nlogin: ');
  expect(console.lines.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  expect(console.partial).toBe('login: ');
});

test('escape sequences go, also where the line cuts them in two', async () => {
  await guestSays('\u001b[2J\u001b[01;01HWel\u001b[');
  await guestSays('1mcome\u001b[0m\u001b]0;title\u0007 to\u001b(B us\n');
  expect(console.lines[0]?.text).toBe('Welcome to us');
});

test('the log keeps every byte', async () => {
  await guestSays('\u001b[1mbold\u001b[0m\r\n');
  await console.close();
  expect(await readFile(logPath, 'utf8')).toBe('\u001b[1mbold\u001b[0m\r\n');
});

test('listeners hear of finished lines and of a prompt that grows', async () => {
  const heard: [string, boolean][] = [];
  console.onLine(({ text }: ConsoleLine, isPartial) => heard.push([text, isPartial]));
  await guestSays('boot\nlog');
  await guestSays('in: ');
  expect(heard).toEqual([
    ['boot', false],
    ['log', true],
    ['login: ', true],
  ]);
});

test('expect finds a prompt that has no end of line', async () => {
  const waiting = console.expect(/login: $/, { timeoutMs: 1000 });
  await guestSays('debian login: ');
  expect((await waiting)?.[0]).toBe('login: ');
});

test('expect looks only at what is new, unless told otherwise', async () => {
  await guestSays('ready\n');
  expect(await console.expect(/ready/, { timeoutMs: 30 })).toBeUndefined();
  expect(await console.expect(/ready/, { timeoutMs: 30, from: 0 })).toBeDefined();
});

test('expect ends when the line goes', async () => {
  const waiting = console.expect(/never/, { timeoutMs: 60_000 });
  line.destroy();
  expect(await waiting).toBeUndefined();
});

test('what is sent reaches the guest', async () => {
  console.send('user\r');
  await new Promise((resolve) => setImmediate(resolve));
  expect(line.typed).toEqual(['user\r']);
});

test('times count from power-on', async () => {
  await new Promise((resolve) => setTimeout(resolve, 60));
  console.markPowerOn();
  await guestSays('first\n');
  expect(console.lines[0]?.afterMs).toBeLessThan(50);
  expect(console.lastOutputMs).toBe(console.lines[0]?.afterMs);
});

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { answerMessage, answerRegistration, startPortmap, startRegistry } from './portmap.ts';

const services = [
  { program: 100_003, versions: [3], port: 2049 },
  { program: 100_005, versions: [1, 3], port: 20_048 },
];

function words(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32BE(number, index * 4);
  return bytes;
}

const call = (program: number, version: number, procedure: number, ...rest: number[]) =>
  words(7, 0, 2, program, version, procedure, 0, 0, 0, 0, ...rest);
const accepted = (...rest: number[]) => words(7, 1, 0, 0, 0, ...rest);
const getPort = (program: number, version: number, protocol: number) =>
  call(100_000, 2, 3, program, version, protocol, 0);

test.each([
  ['NFS by TCP', getPort(100_003, 3, 6), accepted(0, 2049)],
  ['NFS by UDP', getPort(100_003, 3, 17), accepted(0, 2049)],
  ['MOUNT', getPort(100_005, 1, 6), accepted(0, 20_048)],
  ['NFS version 4', getPort(100_003, 4, 6), accepted(0, 0)],
  ['another protocol', getPort(100_003, 3, 1), accepted(0, 0)],
  ['a question cut short', call(100_000, 2, 3, 100_003), accepted(0, 0)],
  ['nothing', call(100_000, 2, 0), accepted(0)],
  ['to be a service', call(100_000, 2, 1, 100_003, 3, 6, 666), accepted(3)],
  ['rpcbind 4', call(100_000, 4, 3), accepted(2, 2, 2)],
  ['NFS itself', call(100_003, 3, 0), accepted(1)],
])('asked for %s', (_, question, answer) => {
  expect(answerMessage(question, services)).toEqual(answer);
});

test('the list', () => {
  const [nfs] = services;
  const list = [1, 100_003, 3, 6, 2049, 1, 100_003, 3, 17, 2049, 0];
  expect(answerMessage(call(100_000, 2, 4), [nfs!])).toEqual(accepted(0, ...list));
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a reply', words(7, 1, 0, 0, 0, 0)],
  ['another RPC', words(7, 0, 3, 100_000, 2, 0, 0, 0, 0, 0)],
  ['credentials longer than the message', words(7, 0, 2, 100_000, 2, 0, 1, 4_000_000_000, 0, 0)],
  ['no verifier', words(7, 0, 2, 100_000, 2, 0, 1, 0)],
])('%s gets no answer', (_, message) => {
  expect(answerMessage(message, services)).toBeUndefined();
});

test('credentials are read over', () => {
  const question = words(7, 0, 2, 100_000, 2, 3, 1, 5, 0, 0, 0, 0, 100_003, 3, 6, 0);
  expect(answerMessage(question, services)).toEqual(accepted(0, 2049));
});

async function start(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const portmap = await startPortmap({ address: '127.0.0.1', port }, services);
  onTestFinished(() => portmap.stop());
  return port;
}

test('by UDP', async () => {
  const port = await start();
  const socket = createSocket('udp4');
  socket.send(getPort(100_003, 3, 6), port, '127.0.0.1');
  const [reply] = await once(socket, 'message');
  socket.close();
  expect(reply).toEqual(accepted(0, 2049));
});

test('by TCP, in pieces and two at once', async () => {
  const port = await start();
  const socket = connect(port, '127.0.0.1');
  const question = Buffer.concat([words(0x8000_0038), getPort(100_003, 3, 6)]);
  const all = Buffer.concat([question, question]);
  let got = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    got = Buffer.concat([got, bytes]);
  });
  socket.write(all.subarray(0, 30));
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.write(all.subarray(30));
  const reply = Buffer.concat([words(0x8000_001c), accepted(0, 2049)]);
  await expect.poll(() => got).toEqual(Buffer.concat([reply, reply]));
  socket.destroy();
});

test.each([
  ['nothing', call(100_000, 4, 0), accepted(0)],
  ['to register', call(100_000, 4, 1, 100_003, 3), accepted(0, 1)],
  ['to be forgotten', call(100_000, 3, 2, 100_003, 3), accepted(0, 1)],
  ['for an address', call(100_000, 4, 3, 100_003, 3), accepted(3)],
  ['as a port mapper', call(100_000, 2, 1), accepted(2, 3, 4)],
  ['for something else', call(100_003, 3, 1), accepted(1)],
])('a registry asked %s', (_, question, answer) => {
  expect(answerRegistration(question)).toEqual(answer);
});

test('the registry has a socket', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'registry-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'rpcbind.sock');
  const registry = await startRegistry(path);
  const socket = connect(path);
  socket.write(Buffer.concat([words(0x8000_0028), call(100_000, 4, 1)]));
  const [reply] = await once(socket, 'data');
  expect(reply).toEqual(Buffer.concat([words(0x8000_001c), accepted(0, 1)]));
  await registry.stop();
});

test('who sends no question by TCP is left', async () => {
  const port = await start();
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await once(socket, 'close');
});

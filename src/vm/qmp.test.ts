import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeQmpServer, serveFakeQmp } from '../../test/helpers/fakeQmpServer.ts';
import { connectQmp } from './qmp.ts';

let directory: string;
let path: string;
let server: FakeQmpServer | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'qmp'));
  path = join(directory, 'q');
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(directory, { recursive: true, force: true });
});

test('leaves negotiation mode, then gives answers to the commands they belong to', async () => {
  server = await serveFakeQmp(path, (command, args) => ({ return: { command, args } }));
  const qmp = await connectQmp(path);
  const [first, second] = await Promise.all([qmp.execute('one'), qmp.execute('two', { a: 1 })]);
  expect(first).toEqual({ command: 'one', args: {} });
  expect(second).toEqual({ command: 'two', args: { a: 1 } });
  expect(server.received.map((message) => message['execute'])).toEqual(['qmp_capabilities', 'one', 'two']);
  qmp.close();
});

test('an error is refused with the reason QEMU gives', async () => {
  server = await serveFakeQmp(path, () => ({ error: { class: 'GenericError', desc: 'no such device' } }));
  const qmp = await connectQmp(path);
  await expect(qmp.execute('eject')).rejects.toMatchObject({
    code: 'VM_FAILED',
    message: 'QEMU refused "eject": no such device',
  });
  qmp.close();
});

test('silence ends in an error that names the command', async () => {
  server = await serveFakeQmp(path, () => undefined);
  const qmp = await connectQmp(path);
  await expect(qmp.execute('stop', {}, 50)).rejects.toMatchObject({ code: 'VM_FAILED' });
  qmp.close();
});

test('events arrive between answers, split wherever the socket splits them', async () => {
  server = await serveFakeQmp(path, () => ({ return: {} }));
  const qmp = await connectQmp(path);
  const arrived = new Promise((resolve) => qmp.onEvent(resolve));
  server.say('{"event": "SHUT');
  await new Promise((resolve) => setTimeout(resolve, 30));
  server.say('DOWN", "data": {"guest": true}}\r\n');
  expect(await arrived).toEqual({ event: 'SHUTDOWN', data: { guest: true } });
  expect(qmp.events).toHaveLength(1);
  qmp.close();
});

test('when QEMU goes, what waits is refused and so is everything after', async () => {
  server = await serveFakeQmp(path, () => undefined);
  const qmp = await connectQmp(path);
  const waiting = qmp.execute('screendump');
  const refused = expect(waiting).rejects.toMatchObject({ code: 'VM_FAILED' });
  server.hangUp();
  await refused;
  await qmp.closed;
  await expect(qmp.execute('cont')).rejects.toMatchObject({ code: 'VM_FAILED' });
});

test('a socket that is made late is waited for', async () => {
  const connecting = connectQmp(path);
  await new Promise((resolve) => setTimeout(resolve, 150));
  server = await serveFakeQmp(path, () => ({ return: {} }));
  (await connecting).close();
});

test('a socket that never comes is an error', async () => {
  await expect(connectQmp(path, 120)).rejects.toMatchObject({ code: 'VM_FAILED' });
});

test('something else than QEMU is not waited for for ever', async () => {
  const other = createServer((socket) => socket.write('hello\n'));
  await new Promise<void>((resolve) => other.listen(path, resolve));
  await expect(connectQmp(path, 500)).rejects.toMatchObject({ code: 'VM_FAILED' });
  await new Promise((resolve) => other.close(resolve));
});

import { createServer, type Server, type Socket } from 'node:net';

type Message = Readonly<Record<string, unknown>>;

export interface FakeQmpServer {
  /** Every command received, in order. */
  readonly received: readonly Message[];
  /** Sends a raw line to the client. */
  say(text: string): void;
  /** Drops the client. */
  hangUp(): void;
  close(): Promise<void>;
}

/**
 * Speaks QEMU's machine protocol on a unix socket. `answer` gives the members of the reply to a command
 * (`return` or `error`), or undefined to stay silent.
 */
export async function serveFakeQmp(
  socketPath: string,
  answer: (command: string, args: unknown) => Message | undefined,
): Promise<FakeQmpServer> {
  const received: Message[] = [];
  let client: Socket | undefined;
  const server = createServer((socket) => {
    client = socket;
    socket.write('{"QMP": {"version": {}, "capabilities": []}}\r\n');
    let rest = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) reply(JSON.parse(line) as Message, socket);
    });
  });
  const reply = (message: Message, socket: Socket) => {
    received.push(message);
    const isGreeting = message['execute'] === 'qmp_capabilities';
    const members = isGreeting ? { return: {} } : answer(String(message['execute']), message['arguments']);
    if (members) socket.write(`${JSON.stringify({ ...members, id: message['id'] })}\r\n`);
  };
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    received,
    say: (text) => void client?.write(text),
    hangUp: () => void client?.destroy(),
    close: () => closeServer(server, client),
  };
}

function closeServer(server: Server, client: Socket | undefined): Promise<void> {
  client?.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

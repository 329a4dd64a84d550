import { once } from 'node:events';
import { createServer, type ListenOptions, type Socket } from 'node:net';

/** The answer to a message; undefined: none, and the caller is left. */
export type AnswerMessage = (message: Buffer) => Buffer | undefined;

export interface RpcStreams {
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

const messageBytes = 4096;

/** Answers RPC calls on a TCP port or a unix socket. */
export async function startRpcStreams(where: ListenOptions, answer: AnswerMessage): Promise<RpcStreams> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveStream(socket, answer);
  });
  await once(server.listen(where), 'listening');
  const ended = once(server, 'close');
  return {
    ended,
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await ended;
    },
  };
}

/** Messages on a stream have their length before them; the top bit says that it is the last part (RFC 5531, 11). */
function serveStream(socket: Socket, answer: AnswerMessage): void {
  let waiting = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes]);
    while (waiting.length >= 4) {
      const mark = waiting.readUInt32BE(0);
      const length = mark & 0x7fff_ffff;
      // No question to a port mapper is long or comes in parts.
      if (length > messageBytes || mark < 0x8000_0000) return void socket.destroy();
      if (waiting.length < 4 + length) return;
      const reply = answer(waiting.subarray(4, 4 + length));
      waiting = waiting.subarray(4 + length);
      if (reply === undefined) return void socket.destroy();
      socket.write(withMark(reply));
    }
  });
}

function withMark(message: Buffer): Buffer {
  const mark = Buffer.alloc(4);
  mark.writeUInt32BE((0x8000_0000 | message.length) >>> 0, 0);
  return Buffer.concat([mark, message]);
}

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { parseRpcCall, type RpcAnswer, type RpcCall, renderRpcReply } from './rpc.ts';
import { startRpcStreams } from './rpcStream.ts';
import type { Started } from './services.ts';

/** A service of RPC and the port it has, by TCP and UDP. */
export interface RpcService {
  readonly program: number;
  readonly versions: readonly number[];
  readonly port: number;
}

const PORTMAP = 100_000;
const tcp = 6;
const udp = 17;

/** A port mapper (RFC 1833, version 2) for services that do not change: it only tells. */
export async function startPortmap(
  { address, port }: { readonly address: string; readonly port: number },
  services: readonly RpcService[],
): Promise<Started> {
  const answer = (message: Buffer) => answerMessage(message, services);
  const datagrams = createSocket('udp4').on('message', (message, { address: to, port: toPort }) => {
    const reply = answer(message);
    if (reply !== undefined) datagrams.send(reply, toPort, to);
  });
  const streams = await startRpcStreams({ host: address, port }, answer);
  await once(datagrams.bind({ address, port, exclusive: true }), 'listening');
  return {
    name: 'The port mapper',
    hint: 'Start lb serve again.',
    ended: streams.ended.then(() => ({ code: 0, signal: null, tail: [] })),
    stop: async () => {
      datagrams.close();
      await streams.stop();
    },
  };
}

/**
 * What nfs-ganesha registers with, and does not start without: a socket where rpcbind's would be. It agrees to all and
 * keeps nothing, as the ports are known. rpcbind itself listens on all interfaces by TCP whatever address it is
 * given, needs users and groups that a user namespace may not have, and may already be there for this machine's own services.
 */
export async function startRegistry(path: string): Promise<Started> {
  const streams = await startRpcStreams({ path }, answerRegistration);
  const ended = streams.ended.then(() => ({ code: 0, signal: null, tail: [] }));
  return { name: 'The registry', hint: 'Start lb serve again.', ended, stop: streams.stop };
}

/** SET and UNSET of versions 3 and 4 of rpcbind: true. */
export function answerRegistration(message: Buffer): Buffer | undefined {
  const call = parseRpcCall(message);
  if (call === undefined) return undefined;
  const { xid, program, version, procedure } = call;
  if (program !== PORTMAP) return renderRpcReply(xid, { kind: 'no program' });
  if (version !== 3 && version !== 4) return renderRpcReply(xid, { kind: 'no version', lowest: 3, highest: 4 });
  if (procedure > 2) return renderRpcReply(xid, { kind: 'no procedure' });
  return renderRpcReply(xid, { kind: 'success', results: procedure === 0 ? [] : [1] });
}

export function answerMessage(message: Buffer, services: readonly RpcService[]): Buffer | undefined {
  const call = parseRpcCall(message);
  return call === undefined ? undefined : renderRpcReply(call.xid, answerCall(call, services));
}

function answerCall({ program, version, procedure, body }: RpcCall, services: readonly RpcService[]): RpcAnswer {
  if (program !== PORTMAP) return { kind: 'no program' };
  if (version !== 2) return { kind: 'no version', lowest: 2, highest: 2 };
  switch (procedure) {
    case 0:
      return { kind: 'success', results: [] };
    case 3:
      return { kind: 'success', results: [getPort(body, services)] };
    case 4:
      return { kind: 'success', results: [...dump(services), 0] };
    default:
      return { kind: 'no procedure' };
  }
}

/** Arguments: program, version, protocol, port (which means nothing here). 0: there is no such service. */
function getPort(body: Buffer, services: readonly RpcService[]): number {
  if (body.length < 12) return 0;
  const [program, version, protocol] = [0, 4, 8].map((at) => body.readUInt32BE(at)) as [number, number, number];
  if (protocol !== tcp && protocol !== udp) return 0;
  return services.find((service) => service.program === program && service.versions.includes(version))?.port ?? 0;
}

/** A list: 1 before each element, 0 at the end. */
function dump(services: readonly RpcService[]): number[] {
  return services.flatMap(({ program, versions, port }) =>
    versions.flatMap((version) => [tcp, udp].flatMap((protocol) => [1, program, version, protocol, port])),
  );
}

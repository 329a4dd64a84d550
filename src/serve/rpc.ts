/** Calls and answers of ONC RPC version 2 (RFC 5531), as far as a port mapper needs them. */
export interface RpcCall {
  readonly xid: number;
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  /** The procedure's arguments. */
  readonly body: Buffer;
}

const CALL = 0;
const REPLY = 1;
const RPC_VERSION = 2;
const headerBytes = 24;

/** What to answer: the results, or why there are none (`accept_stat`). */
export type RpcAnswer =
  | { readonly kind: 'success'; readonly results: readonly number[] }
  | { readonly kind: 'no program' }
  | { readonly kind: 'no version'; readonly lowest: number; readonly highest: number }
  | { readonly kind: 'no procedure' };

const acceptStat = { success: 0, 'no program': 1, 'no version': 2, 'no procedure': 3 } as const;

/**
 * ```
 * xid  0 (call)  2 (version of RPC)  program  version  procedure  credentials  verifier  arguments
 * credentials, verifier:  flavour  length  bytes, padded to 4
 * ```
 * Undefined for what is no call.
 */
export function parseRpcCall(message: Buffer): RpcCall | undefined {
  if (message.length < headerBytes) return undefined;
  const [xid, type, rpcVersion, program, version, procedure] = [0, 4, 8, 12, 16, 20].map((at) =>
    message.readUInt32BE(at),
  ) as [number, number, number, number, number, number];
  if (type !== CALL || rpcVersion !== RPC_VERSION) return undefined;
  const verifier = skipOpaque(message, headerBytes);
  const body = verifier === undefined ? undefined : skipOpaque(message, verifier);
  if (body === undefined) return undefined;
  return { xid, program, version, procedure, body: message.subarray(body) };
}

function skipOpaque(message: Buffer, at: number): number | undefined {
  if (message.length < at + 8) return undefined;
  const end = at + 8 + Math.ceil(message.readUInt32BE(at + 4) / 4) * 4;
  return end <= message.length ? end : undefined;
}

/** `xid  1 (reply)  0 (accepted)  no verifier  accept_stat  results` */
export function renderRpcReply(xid: number, answer: RpcAnswer): Buffer {
  const rest =
    answer.kind === 'success' ? answer.results : answer.kind === 'no version' ? [answer.lowest, answer.highest] : [];
  const words = [xid, REPLY, 0, 0, 0, acceptStat[answer.kind], ...rest];
  const reply = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) reply.writeUInt32BE(word, index * 4);
  return reply;
}

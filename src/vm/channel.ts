import type { Duplex } from 'node:stream';

/** The host's end of a virtio port: text both ways, and nothing on it that host and guest did not put there. */
export interface Channel {
  send(text: string): void;
  /** What matches in the text not yet taken; it and all before it is then taken. Undefined in time or when the guest ends. */
  take(
    pattern: RegExp,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<RegExpExecArray | undefined>;
}

export function openChannel(stream: Duplex): Channel {
  let text = '';
  let look: () => void = () => {};
  stream.setEncoding('utf8');
  stream.on('data', (more: string) => {
    text += more;
    look();
  });
  return {
    send: (words) => {
      if (stream.writable) stream.write(words);
    },
    take: (pattern, { timeoutMs, signal }) =>
      new Promise((resolve) => {
        const finish = (match: RegExpExecArray | undefined) => {
          look = () => {};
          clearTimeout(timer);
          stream.off('close', giveUp);
          signal?.removeEventListener('abort', giveUp);
          if (match) text = text.slice(match.index + match[0].length);
          resolve(match);
        };
        const giveUp = () => finish(undefined);
        const timer = setTimeout(giveUp, timeoutMs);
        stream.once('close', giveUp);
        signal?.addEventListener('abort', giveUp, { once: true });
        look = () => {
          const match = pattern.exec(text);
          if (match) finish(match);
        };
        if (stream.destroyed || signal?.aborted) giveUp();
        else look();
      }),
  };
}

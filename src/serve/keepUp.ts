import type { Listener } from '../events/events.ts';
import type { ServiceEnd } from '../sandbox/service.ts';
import { type Started, serviceFailed } from './services.ts';

export interface KeepUpOptions {
  readonly emit: Listener;
  readonly signal: AbortSignal;
  /** One that lives shorter has a reason to end that stays, and is not started again. Default: 10 s. */
  readonly shortestLifeMs?: number;
}

/** Ctrl-C reaches every program of the terminal's group, so one may be gone before we are told. */
const signalMs = 200;

/**
 * A service that is started again when it ends by itself, as machines in the network wait for it: to them NFS and DHCP only were
 * slow. What is left is `ended` when it ends for good.
 */
export async function keepUp(start: () => Promise<Started>, options: KeepUpOptions): Promise<Started> {
  const { signal, shortestLifeMs = 10_000 } = options;
  let current = await start();
  let isStopping = false;
  async function follow(): Promise<ServiceEnd> {
    for (;;) {
      const startedMs = performance.now();
      const end = await current.ended;
      const isShort = performance.now() - startedMs < shortestLifeMs;
      await new Promise((resolve) => setTimeout(resolve, signalMs));
      if (isStopping || signal.aborted || isShort) return end;
      tell(current, end, options);
      const next = await start().catch(() => undefined);
      if (next === undefined) return end;
      current = next;
      if (isStopping) await current.stop();
    }
  }
  const ended = follow();
  const { name, hint, isTelling } = current;
  return {
    ...{ name, hint, ended },
    ...(isTelling && { isTelling }),
    stop: async () => {
      isStopping = true;
      await current.stop();
      await ended;
    },
  };
}

function tell(service: Started, end: ServiceEnd, { emit }: KeepUpOptions): void {
  const { message } = serviceFailed(service, end);
  emit({ type: 'warning', message: `${message.replace(/\.$/, '')}. It is started again.` });
}

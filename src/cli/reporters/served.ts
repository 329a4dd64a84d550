import type { LivewrightEvent, ServeRequest } from '../../events/events.ts';

type Ready = Extract<LivewrightEvent, { type: 'serve-ready' }>;

/** What is served where, a line each. */
export function readyLines({ interface: name, address, services }: Ready): readonly string[] {
  return [
    `Serving on ${name} (${address}); Ctrl-C ends it.`,
    ...services.map(({ protocol, detail }) => `  ${protocol.toUpperCase().padEnd(4)}  ${detail}`),
  ];
}

/** `tftp  192.168.77.101     pxelinux.0: sent` */
export function requestLine({ protocol, client, request, outcome }: ServeRequest): string {
  return `${protocol.padEnd(4)}  ${client.padEnd(17)}  ${request}: ${outcome}`;
}

import type { Downloader } from './http.ts';

/** An entry of apt_auth.conf(5). */
export interface Credential {
  /** `https:` where the entry names no protocol: passwords are not to go over the net in the open unasked. */
  readonly protocol: string;
  readonly host: string;
  /** The address must begin with it; `/` for all of a host. */
  readonly path: string;
  readonly login: string;
  readonly password: string;
}

/** Reads netrc as apt does: `machine [PROTOCOL://]HOST[:PORT][/PATH] login NAME password WORD`, in any lines. */
export function parseCredentials(text: string): Credential[] {
  const words = text
    .replaceAll(/^\s*#.*$/gm, '')
    .split(/\s+/)
    .filter(Boolean);
  const entries: Record<string, string>[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [name = '', value = ''] = words.slice(at, at + 2);
    if (name === 'machine') entries.push({ machine: value });
    else Object.assign(entries.at(-1) ?? {}, { [name]: value });
  }
  return entries.map(({ machine = '', login = '', password = '' }) => {
    const [, protocol = 'https:', host = '', path = ''] = /^(?:([a-z]+:)\/\/)?([^/]*)(\/.*)?$/.exec(machine) ?? [];
    return { protocol, host, path: path || '/', login, password };
  });
}

/** The downloader with passwords for the addresses that they are meant for; those that bring one keep it. */
export function withCredentials(downloader: Downloader, credentials: readonly Credential[]): Downloader {
  if (credentials.length === 0) return downloader;
  const authorised = (url: string): string => {
    const address = new URL(url);
    const found = credentials.find(
      ({ protocol, host, path }) =>
        protocol === address.protocol && host === address.host && address.pathname.startsWith(path),
    );
    if (found === undefined || address.username !== '') return url;
    address.username = encodeURIComponent(found.login);
    address.password = encodeURIComponent(found.password);
    return address.href;
  };
  return {
    fetchBytes: (url, options) => downloader.fetchBytes(authorised(url), options),
    fetchToFile: (url, path, options) => downloader.fetchToFile(authorised(url), path, options),
    conditionalGet: (url, validators, options) => downloader.conditionalGet(authorised(url), validators, options),
  };
}

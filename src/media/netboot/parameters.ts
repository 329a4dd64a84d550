import type { NetSettings } from '../settings.ts';

export function netParameters(net: NetSettings): string {
  return `netboot=${net.rootFilesystem} nfsroot=${net.rootServer}:${net.rootPath}`;
}

export function fetchParameters(net: NetSettings): string {
  return `fetch=http://${net.rootServer}/live/filesystem.squashfs`;
}

export function rootName(net: NetSettings): string {
  return net.rootPath.split('/').filter(Boolean).at(-1) ?? 'debian-live';
}

/** Where a client finds the live system, as `--net-root-*` and `--net-cow-*` say it. */
export interface NetSettings {
  readonly rootFilesystem: 'nfs' | 'cifs';
  /** The directory on the server that holds `live/`: `/srv/debian-live`. For cifs its first part is the share. */
  readonly rootPath: string;
  readonly rootServer: string;
  /** Empty: live-boot's own. */
  readonly rootMountOptions: string;
  readonly cowFilesystem: 'nfs';
  /** Empty: changes stay in the client's memory. */
  readonly cowPath: string;
  /** Empty: the root's server. */
  readonly cowServer: string;
  readonly cowMountOptions: string;
}

/** The kernel parameters by which live-boot finds its root over the network (live-boot(7)). */
export function netParameters(net: NetSettings): string {
  const { rootFilesystem, rootPath, rootServer, rootMountOptions } = net;
  const path = absolute(rootPath);
  const root = rootFilesystem === 'cifs' ? `//${rootServer}${path}` : `${rootServer}:${path}`;
  return [
    `netboot=${rootFilesystem}`,
    `nfsroot=${root}`,
    ...(rootMountOptions === '' ? [] : [`nfsopts=${rootMountOptions}`]),
    ...overlayParameter(net),
  ].join(' ');
}

/**
 * The parameter of an entry that loads the whole system image into memory. live-boot takes http, ftp and tftp, and
 * only names that end in squashfs, iso, tar or tgz.
 */
export function fetchParameters(net: NetSettings): string {
  return `fetch=http://${net.rootServer}/${rootName(net)}/live/filesystem.squashfs`;
}

/** Name of the root directory inside the tar: `debian-live` of `/srv/debian-live`; of `/` itself, live-build's usual one. */
export function rootName({ rootPath }: Pick<NetSettings, 'rootPath'>): string {
  return rootPath.split('/').filter(Boolean).at(-1) ?? 'debian-live';
}

/** `client_mac_address` in the path becomes the client's own, so that each has a directory of its own. */
function overlayParameter({ cowPath, cowServer, cowMountOptions, rootServer }: NetSettings): string[] {
  if (cowPath === '') return [];
  const options = cowMountOptions === '' ? '' : `,${cowMountOptions}`;
  return [`nfsoverlay=${cowServer === '' ? rootServer : cowServer}:${absolute(cowPath)}${options}`];
}

function absolute(path: string): string {
  return `/${path.split('/').filter(Boolean).join('/')}`;
}

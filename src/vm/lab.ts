import type { GuestArchitecture, StartMachine, StartMachineOptions } from './types.ts';

export interface LabRequest {
  /** The netboot archive to serve. Absolute path. */
  readonly imagePath: string;
  readonly architecture: GuestArchitecture;
  /** Where the guest is to find its system image: in the file system that the image's menu names, or by `fetch=`. */
  readonly system: 'nfs' | 'http';
  /** An empty directory. */
  readonly scratch: string;
  readonly signal?: AbortSignal;
}

/** A network with DHCP, TFTP and what else a netboot image needs, and one guest's place in it. */
export interface NetworkLab {
  /** QEMU's `-netdev` value, with `id=net0`: `tap,id=net0,ifname=lw0,script=no,downscript=no`. */
  readonly netdevArgs: string;
  /** Further kernel parameters for this boot: `fetch=http://192.168.77.1/live/filesystem.squashfs`. */
  readonly append?: string;
  /** What QEMU needs of the host to reach that network. Default: nothing. */
  readonly machine?: Partial<Pick<StartMachineOptions, 'binds' | 'devices' | 'network' | 'env'>>;
  /** Where QEMU must be started in a particular way, in the lab's network namespace for instance. */
  readonly start?: StartMachine;
  /** Ends all servers. */
  close(): Promise<void>;
}

/** Serves one netboot image to one guest. */
export type StartLab = (request: LabRequest) => Promise<NetworkLab>;

export interface DiskRequest {
  /** A writable copy of the image with room behind it. */
  readonly path: string;
  /** The persistence partition is LUKS-encrypted with this. Default: plain. */
  readonly passphrase?: string;
  readonly signal?: AbortSignal;
}

/** Makes a persistence partition in the room behind the image, as `lb write --persistence` does on a stick. */
export type PrepareDisk = (request: DiskRequest) => Promise<void>;

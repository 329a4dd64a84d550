/** What kind of machine asks, and what it is to start. */
export interface BootClient {
  /** Client system architecture (DHCP option 93; IANA's list of processor architecture types). */
  readonly architecture: number;
  readonly by: 'tftp' | 'http';
  /** In `tftpboot/`. */
  readonly file: string;
}

// 7 stands for x64 in practice, 9 is what the standard first meant for it; both are met.
const clients: readonly BootClient[] = [
  { architecture: 0, by: 'tftp', file: 'pxelinux.0' },
  { architecture: 6, by: 'tftp', file: 'bootia32.efi' },
  { architecture: 7, by: 'tftp', file: 'bootx64.efi' },
  { architecture: 9, by: 'tftp', file: 'bootx64.efi' },
  { architecture: 11, by: 'tftp', file: 'bootaa64.efi' },
  { architecture: 15, by: 'http', file: 'bootia32.efi' },
  { architecture: 16, by: 'http', file: 'bootx64.efi' },
  { architecture: 19, by: 'http', file: 'bootaa64.efi' },
];

/** iPXE's script, for clients that say they are iPXE (option 175). */
export const ipxeScript = 'boot.ipxe';

/** The clients that can be served with these files of `tftpboot/`. */
export function servedClients(files: ReadonlySet<string>): readonly BootClient[] {
  return clients.filter(({ file }) => files.has(file));
}

/** A menu entry as a boot loader needs it that starts a kernel, of the live system or of the installer. */
export interface StartEntry {
  /** `live-amd64`, `live-amd64-http`, `install`. */
  readonly id: string;
  readonly label: string;
  /** The letter that starts it. */
  readonly hotkey?: string;
  /** Absolute on the medium; of a network boot, below `tftpboot/`. */
  readonly linux: string;
  readonly initrd: string;
  readonly append: string;
}

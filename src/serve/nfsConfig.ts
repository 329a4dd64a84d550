export interface NfsSettings {
  readonly address: string;
  /** As clients mount it: `/srv/debian-live`. */
  readonly exportPath: string;
  readonly nfsPort: number;
  readonly mountPort: number;
}

/**
 * The configuration of nfs-ganesha: one directory, read-only, by NFS version 3, which is what live-boot's `nfsmount`
 * speaks (of klibc). The tree's owner is root or whoever unpacked it; a client's root must read it all, hence no squashing.
 */
export function ganeshaConfig({ address, exportPath, nfsPort, mountPort }: NfsSettings): string {
  return `NFS_CORE_PARAM {
  Bind_addr = ${address};
  NFS_Port = ${nfsPort};
  MNT_Port = ${mountPort};
  Protocols = 3;
  Enable_NLM = false;
  Enable_RQUOTA = false;
  Enable_UDP = true;
  allow_set_io_flusher_fail = true;
}
NFSV4 {
  Graceless = true;
}
EXPORT {
  Export_Id = 1;
  Path = "${exportPath}";
  Pseudo = "${exportPath}";
  Filesystem_Id = 1.1;
  Access_Type = RO;
  Squash = No_Root_Squash;
  SecType = sys;
  Protocols = 3;
  Transports = UDP, TCP;
  FSAL {
    Name = VFS;
  }
}
`;
}

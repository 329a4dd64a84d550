import { derivedOption, option } from './row.ts';
import { choice, parameters, text } from './valueTypes.ts';

const server = text('a host name or an IP address', /^[A-Za-z0-9._:[\]-]+$/);
const serverPath = text('an absolute path on the server', /^\/[^\s,"]*$/);

/**
 * Where a system that boots over the network finds its root, and what it may write to. live-build still accepts these options and has
 * ignored them since 2010; here they do again what the manual says.
 */
export const netbootOptions = {
  netRootFilesystem: option({
    long: 'net-root-filesystem',
    placeholder: 'nfs|cifs',
    variable: 'LB_NET_ROOT_FILESYSTEM',
    file: 'binary',
    type: choice('nfs', 'cifs'),
    default: 'nfs',
    group: 'Network boot',
    help: 'How netboot images reach their medium.',
    honoured: true,
  }),
  netRootPath: derivedOption({
    long: 'net-root-path',
    placeholder: 'PATH',
    variable: 'LB_NET_ROOT_PATH',
    file: 'binary',
    type: serverPath,
    derivedFrom: '/srv/debian-live, by --mode',
    group: 'Network boot',
    help: 'The directory of the server that holds the medium; its last part names the directory in the archive.',
    honoured: true,
  }),
  netRootServer: option({
    long: 'net-root-server',
    placeholder: 'SERVER',
    variable: 'LB_NET_ROOT_SERVER',
    file: 'binary',
    type: server,
    default: '192.168.1.1',
    group: 'Network boot',
    help: 'The server of the medium.',
    honoured: true,
  }),
  netRootMountoptions: option({
    long: 'net-root-mountoptions',
    placeholder: 'OPTIONS',
    variable: 'LB_NET_ROOT_MOUNTOPTIONS',
    file: 'binary',
    type: parameters,
    default: '',
    group: 'Network boot',
    help: 'Mount options for the medium.',
    honoured: true,
  }),
  netCowFilesystem: option({
    long: 'net-cow-filesystem',
    placeholder: 'nfs',
    variable: 'LB_NET_COW_FILESYSTEM',
    file: 'binary',
    type: choice('nfs'),
    default: 'nfs',
    group: 'Network boot',
    help: 'File system of the writable layer over the network.',
    honoured: true,
  }),
  netCowPath: option({
    long: 'net-cow-path',
    placeholder: 'PATH',
    variable: 'LB_NET_COW_PATH',
    file: 'binary',
    type: serverPath,
    default: '',
    group: 'Network boot',
    help: 'A directory of the server for what the system writes; client_mac_address in it stands for the client.',
    honoured: true,
  }),
  netCowServer: option({
    long: 'net-cow-server',
    placeholder: 'SERVER',
    variable: 'LB_NET_COW_SERVER',
    file: 'binary',
    type: server,
    default: '',
    group: 'Network boot',
    help: 'Its server; without it the one of the medium.',
    honoured: true,
  }),
  netCowMountoptions: option({
    long: 'net-cow-mountoptions',
    placeholder: 'OPTIONS',
    variable: 'LB_NET_COW_MOUNTOPTIONS',
    file: 'binary',
    type: parameters,
    default: '',
    group: 'Network boot',
    help: 'Mount options for the writable layer.',
    honoured: true,
  }),
};

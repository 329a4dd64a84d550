import type { LiveValues } from '../config/options.ts';
import type { InitrdWishes } from '../steps/initrdWishes.ts';
import { mountsCifs } from './packages.ts';

/** What options say about the initramfs; empty for a usual one, so that its key is as before. */
export function initrdWishes(values: LiveValues): InitrdWishes {
  const { initramfs, initramfsCompression: compression } = values;
  return {
    ...(initramfs === 'dracut-live' && { dracutModules: ['dmsquash-live'] }),
    ...(mountsCifs({ values }) && { modules: cifsModules }),
    ...(values.dmVerity && initramfs === 'live-boot' && { opensVerity: true }),
    ...(compression !== 'gzip' && { compression }),
  };
}

/**
 * What cifs asks the kernel's crypto for once it talks to a server. Its module names them as soft dependencies, which
 * initramfs-tools does not follow; without them, no server of today is mounted.
 */
const cifsModules = ['cmac', 'ccm', 'gcm', 'ghash-generic', 'ctr', 'ecb', 'hmac', 'md5', 'nls_utf8'];

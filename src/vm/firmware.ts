import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError, systemErrorCode } from '../errors.ts';
import type { Firmware, FirmwareFlash, GuestArchitecture } from './types.ts';

interface FlashFiles {
  readonly code: string;
  readonly variables: string;
}

/**
 * Where Debian's `ovmf`, `ovmf-ia32` and `qemu-efi-aarch64` packages put the firmware. `.ms` variable stores hold
 * Microsoft's keys with Secure Boot switched on; the plain ones hold none.
 */
const flashFiles: Readonly<Record<string, FlashFiles>> = {
  'amd64 uefi': { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  'amd64 uefi-secure': {
    code: '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd',
    variables: '/usr/share/OVMF/OVMF_VARS_4M.ms.fd',
  },
  // Built for system management mode alone, and its variables hold no keys.
  'amd64 uefi-ia32': {
    code: '/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd',
    variables: '/usr/share/OVMF/OVMF32_VARS_4M.fd',
  },
  'arm64 uefi': { code: '/usr/share/AAVMF/AAVMF_CODE.fd', variables: '/usr/share/AAVMF/AAVMF_VARS.fd' },
  'arm64 uefi-secure': {
    code: '/usr/share/AAVMF/AAVMF_CODE.ms.fd',
    variables: '/usr/share/AAVMF/AAVMF_VARS.ms.fd',
  },
};

export interface FlashRequest {
  readonly architecture: GuestArchitecture;
  readonly firmware: Firmware;
  /** Where the root of QEMU's file system is on the host: the tools tree, or `/`. */
  readonly toolsRoot: string;
  /** A directory that QEMU may write to. */
  readonly scratch: string;
}

/** Gives the machine a variable store of its own, so that no boot changes what the next one starts from. */
export async function prepareFlash(request: FlashRequest): Promise<FirmwareFlash | undefined> {
  if (request.firmware === 'bios') return undefined;
  const files = flashFiles[`${request.architecture} ${request.firmware}`]!;
  const variablesPath = join(request.scratch, 'vars.fd');
  try {
    await copyFile(join(request.toolsRoot, files.variables), variablesPath);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    throw new LivewrightError('VM_FAILED', {
      message: `The UEFI firmware's variable store ${files.variables} is not in the tools tree.`,
      hint: 'Boot with BIOS firmware, or have the package "ovmf" (arm64: "qemu-efi-aarch64") in the tools tree.',
      data: { ...request },
      cause: error,
    });
  }
  return { codePath: files.code, variablesPath };
}

import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeQemuValue } from './qemu.ts';
import type { Accel, StartMachine } from './types.ts';

const kvmDevice = '/dev/kvm';
const exitPort = 0xf4;
const exitValue = 0x2a;
/** QEMU's `isa-debug-exit` ends the process with (value << 1) | 1. */
const exitCodeOfWorkingGuest = (exitValue << 1) | 1;

export interface KvmProbe {
  readonly start: StartMachine;
  /** An empty directory that QEMU may read. */
  readonly scratch: string;
  /** Default 5 s: a guest this small ends within a second where KVM works. */
  readonly timeoutMs?: number;
}

export interface AccelChoice {
  readonly accel: Accel;
  /** One sentence for people. */
  readonly reason: string;
}

/**
 * Chooses KVM only where a guest runs under it, at a processor's speed. That `/dev/kvm` opens proves nothing: inside a
 * virtual machine it may start a guest that gets nowhere.
 */
export async function probeKvm(probe: KvmProbe): Promise<AccelChoice> {
  try {
    await access(kvmDevice, constants.R_OK | constants.W_OK);
  } catch {
    return { accel: 'tcg', reason: `${kvmDevice} is absent or not ours to use; the guest is emulated.` };
  }
  const code = await runProbeGuest({ ...probe, accel: 'kvm' });
  if (code === exitCodeOfWorkingGuest) return { accel: 'kvm', reason: 'A probe guest ran under KVM.' };
  const how = code === 'hung' ? 'hung' : 'failed';
  return { accel: 'tcg', reason: `${kvmDevice} is there, but a probe guest ${how} under KVM; the guest is emulated.` };
}

/** The exit code of QEMU running the probe's boot sector, or `hung`. */
export async function runProbeGuest(probe: KvmProbe & { readonly accel: Accel }): Promise<number | 'hung' | null> {
  const imagePath = join(probe.scratch, 'probe.img');
  await writeFile(imagePath, probeBootSector());
  const machine = await probe.start(probeArgv(imagePath, probe.accel), {
    binds: [{ source: probe.scratch, target: probe.scratch, writable: true }],
    devices: probe.accel === 'kvm' ? [kvmDevice] : [],
    network: 'none',
    env: { TMPDIR: probe.scratch },
  });
  const timer = new AbortController();
  const bound = sleep(probe.timeoutMs ?? 5000, 'hung' as const, { signal: timer.signal }).catch(() => 'hung' as const);
  const outcome = await Promise.race([machine.exited, bound]);
  timer.abort();
  machine.kill();
  await machine.exited;
  return outcome === 'hung' ? 'hung' : outcome.code;
}

function probeArgv(imagePath: string, accel: Accel): string[] {
  return [
    'qemu-system-x86_64',
    '-nodefaults',
    '-no-user-config',
    ...['-machine', 'pc', '-accel', accel, '-cpu', accel === 'kvm' ? 'host' : 'max', '-m', '16'],
    ...['-display', 'none', '-serial', 'none', '-monitor', 'none'],
    ...['-drive', `if=ide,format=raw,snapshot=on,file=${escapeQemuValue(imagePath)}`],
    ...['-device', `isa-debug-exit,iobase=0x${exitPort.toString(16)},iosize=0x4`],
  ];
}

/**
 * 512 bytes that a BIOS loads and jumps to. They enter 64-bit mode, count down from 2^27 and then say so on the exit
 * port. The counting is the point: some hosts offer a KVM that interprets kernel code one instruction at a time, which
 * runs a few instructions but no system. A processor needs 50 ms for the loop, an interpreter minutes.
 */
export function probeBootSector(): Uint8Array {
  const sector = new Uint8Array(512);
  sector.set(Buffer.from(probeCode.map(([bytes]) => bytes).join(''), 'hex'));
  sector.set([0x55, 0xaa], 510);
  return sector;
}

/** Assembled for address 0x7c00. */
const probeCode: readonly (readonly [bytes: string, source: string])[] = [
  ['fa', 'cli'],
  ['31c0', 'xor %ax,%ax'],
  ['8ed8', 'mov %ax,%ds'],
  // Page tables at 0x1000, 0x2000, 0x3000: the first 2 MiB at their own addresses.
  ['66c706001003200000', 'movl $0x2003,0x1000'],
  ['66c706041000000000', 'movl $0,0x1004'],
  ['66c706002003300000', 'movl $0x3003,0x2000'],
  ['66c706042000000000', 'movl $0,0x2004'],
  ['66c706003083000000', 'movl $0x83,0x3000'],
  ['66c706043000000000', 'movl $0,0x3004'],
  // CR4: PAE and PGE; CR3: the tables; EFER: long mode.
  ['66b8a0000000', 'mov $0xa0,%eax'],
  ['0f22e0', 'mov %eax,%cr4'],
  ['66b800100000', 'mov $0x1000,%eax'],
  ['0f22d8', 'mov %eax,%cr3'],
  ['66b9800000c0', 'mov $0xc0000080,%ecx'],
  ['0f32', 'rdmsr'],
  ['660d00010000', 'or $0x100,%eax'],
  ['0f30', 'wrmsr'],
  ['660f0116987c', 'lgdtl gdtr'],
  // CR0: paging and protection, then into the 64-bit segment.
  ['0f20c0', 'mov %cr0,%eax'],
  ['660d01000080', 'or $0x80000001,%eax'],
  ['0f22c0', 'mov %eax,%cr0'],
  ['ea747c0800', 'ljmp $8,$long'],
  ['b900000008', 'long: mov $0x8000000,%ecx'],
  ['ffc9', 'dec %ecx'],
  ['75fc', 'jnz (back to dec)'],
  ['b02a', 'mov $0x2a,%al'],
  ['e6f4', 'out %al,$0xf4'],
  ['f4', 'hlt'],
  ['ebfd', 'jmp (back to hlt)'],
  ['0f1f4000', 'nop'],
  ['0000000000000000', 'gdt: empty'],
  ['00000000009a2000', 'gdt: 64-bit code'],
  ['0f00887c0000', 'gdtr: 16 bytes at gdt'],
];

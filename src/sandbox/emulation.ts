import { readFileSync } from 'node:fs';
import { hostArchitecture } from './loader.ts';

/** Runs programs of another architecture; what the kernel's binfmt_misc is told of it. */
export interface Emulation {
  /** As QEMU calls its program: `qemu-aarch64`. */
  readonly name: string;
  /** The program on this machine, linked statically. */
  readonly path: string;
}

/** The head of an ELF file (elf(5)): class 1 is 32 bits, 2 is 64; the machine as in `elf.h`. All are little-endian. */
interface ElfHead {
  readonly qemu: string;
  readonly elfClass: 1 | 2;
  readonly machine: number;
}

const emulated: Readonly<Record<string, ElfHead>> = {
  arm64: { qemu: 'qemu-aarch64', elfClass: 2, machine: 183 },
  armhf: { qemu: 'qemu-arm', elfClass: 1, machine: 40 },
  armel: { qemu: 'qemu-arm', elfClass: 1, machine: 40 },
  riscv64: { qemu: 'qemu-riscv64', elfClass: 2, machine: 243 },
};

/** An amd64 kernel runs i386 programs too. */
const alsoRuns: Readonly<Record<string, readonly string[]>> = { amd64: ['i386'] };

/** How this machine runs programs of an architecture: by itself, by an emulator of that name, or not at all. */
export function wayToRun(architecture: string, host: string = hostArchitecture()): 'native' | string | undefined {
  if (architecture === host || alsoRuns[host]?.includes(architecture)) return 'native';
  return emulated[architecture]?.qemu;
}

/** Architectures that can be emulated here, for messages. */
export function emulatedArchitectures(host: string = hostArchitecture()): string[] {
  return Object.keys(emulated).filter((name) => name !== host);
}

/**
 * The first 20 bytes of a program, up to its machine, and which bits of them count: not the operating system, and of the type
 * not the bit by which a program that may lie anywhere (3) differs from one that may not (2).
 */
function magicOf({ elfClass, machine }: ElfHead): { magic: Buffer; mask: Buffer } {
  const magic = Buffer.alloc(20);
  magic.write('\x7fELF', 'latin1');
  magic.set([elfClass, 1, 1], 4);
  magic.writeUInt16LE(2, 16);
  magic.writeUInt16LE(machine, 18);
  const mask = Buffer.alloc(20, 0xff);
  mask[7] = 0;
  mask[16] = 0xfe;
  return { magic, mask };
}

const escaped = (bytes: Buffer): string =>
  [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

function headOf(name: string): ElfHead {
  const head = Object.values(emulated).find(({ qemu }) => qemu === name);
  if (head === undefined) throw new Error(`no emulator called ${name}`);
  return head;
}

/**
 * A line for binfmt_misc's `register` (Documentation/admin-guide/binfmt-misc.rst). Flags: the emulator is opened now (F), so
 * that it need not be in the root where it is used; it gets argv[0] (P), and the program opened (O) with its credentials (C).
 */
export function registration({ name, path }: Emulation): string {
  const { magic, mask } = magicOf(headOf(name));
  return `:${name}:M::${escaped(magic)}:${escaped(mask)}:${path}:POCF`;
}

/** What the script says where nothing runs these programs. */
export const NO_EMULATOR = 'sandbox: no emulator';

/**
 * Shell lines that register the emulator in the new user namespace, which since Linux 6.7 has a binfmt_misc of its own: the
 * machine's is left alone. An open file keeps it when its mount goes with the old root; close descriptor 9 for programs. Older
 * kernels refuse that mount, and then a registration of the machine's serves, if it has one that works in another root (F).
 */
export function emulationLines(emulation: Emulation, anchor: string): string[] {
  const place = `'${`${anchor}/binfmt`.replaceAll("'", "'\\''")}'`;
  const magic = magicOf(headOf(emulation.name)).magic.toString('hex');
  const line = registration(emulation).replaceAll("'", "'\\''");
  return [
    `mkdir -p ${place}`,
    `if mount -t binfmt_misc binfmt_misc ${place} 2>/dev/null; then`,
    `printf '%s' '${line}' >${place}/register || die 'the emulator'`,
    `exec 9<${place}/status`,
    'else',
    'emulator=',
    'for entry in /proc/sys/fs/binfmt_misc/*; do',
    `grep -qs '^magic ${magic}' "$entry" && grep -qs '^flags:.*F' "$entry" && grep -qs '^enabled' "$entry" && emulator=yes`,
    'done',
    `[ -n "$emulator" ] || { echo '${NO_EMULATOR}' >&2; exit 125; }`,
    'fi',
  ];
}

/** Words for unshare(1): a user namespace with the ids of this one, so that files keep their owners. */
export function namespaceWords(): string[] {
  const rangesOf = (kind: 'uid' | 'gid'): string[] =>
    readFileSync(`/proc/self/${kind}_map`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .map(([inside, , count]) => `${inside}:${inside}:${count}`);
  return [
    '--user',
    ...rangesOf('uid').map((range) => `--map-users=${range}`),
    ...rangesOf('gid').map((range) => `--map-groups=${range}`),
  ];
}

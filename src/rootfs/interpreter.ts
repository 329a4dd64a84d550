import { open } from 'node:fs/promises';

/** Enough for a script's first line and for the program headers, which follow the ELF header. */
const HEAD_BYTES = 4096;

/** The program that the kernel starts for a file, which no system call names: of a script, or a dynamically linked program. */
export async function readInterpreter(path: string): Promise<string | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    return ofScript(head) ?? (await ofProgram(head, (at, length) => file.read(Buffer.alloc(length), 0, length, at)));
  } finally {
    await file.close();
  }
}

/** `#!`, blanks, the path (execve(2), "Interpreter scripts"). */
function ofScript(head: Buffer): string | undefined {
  return /^#![ \t]*([^ \t\n\0]+)/.exec(head.toString('latin1'))?.[1];
}

/** Program header of the type that names an interpreter (elf(5), PT_INTERP). */
const PT_INTERP = 3;

type Read = (at: number, length: number) => Promise<{ readonly buffer: Buffer }>;

/** All Debian architectures that are built here are little-endian. */
async function ofProgram(head: Buffer, read: Read): Promise<string | undefined> {
  if (head.length < 64 || head.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const is64 = head[4] === 2;
  const start = is64 ? Number(head.readBigUInt64LE(32)) : head.readUInt32LE(28);
  const [size, count] = is64
    ? [head.readUInt16LE(54), head.readUInt16LE(56)]
    : [head.readUInt16LE(42), head.readUInt16LE(44)];
  const { buffer: headers } = await read(start, size * count);
  for (let at = 0; at + size <= headers.length && size > 0; at += size) {
    if (headers.readUInt32LE(at) !== PT_INTERP) continue;
    const [offset, length] = is64
      ? [Number(headers.readBigUInt64LE(at + 8)), Number(headers.readBigUInt64LE(at + 32))]
      : [headers.readUInt32LE(at + 4), headers.readUInt32LE(at + 16)];
    const { buffer } = await read(offset, Math.min(length, HEAD_BYTES));
    return buffer.toString().replace(/\0.*$/s, '');
  }
  return undefined;
}

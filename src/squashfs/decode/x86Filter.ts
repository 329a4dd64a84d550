/** How a candidate's place depends on those just before it, by the three bits that remember them. */
const isAllowed = [true, true, true, false, true, false, false, false];
const byteToCheck = [0, 1, 2, 2, 3, 3, 3, 3];

/**
 * Undoes xz's filter for x86 code in place: targets of CALL and JMP (E8, E9), which it made absolute, become relative
 * again. The rules are those of XZ Embedded (public domain; linux/lib/xz/xz_dec_bcj.c: bcj_x86).
 */
export function undoX86Filter(bytes: Buffer): Buffer {
  let [last, mask] = [-1, 0];
  for (let at = 0; at < bytes.length - 4; at++) {
    if ((bytes[at]! & 0xfe) !== 0xe8) continue;
    const distance = at - last;
    last = at;
    mask = distance > 3 ? 0 : (mask << (distance - 1)) & 7;
    const isDoubtful = mask !== 0 && (!isAllowed[mask] || isSign(bytes[at + 4 - byteToCheck[mask]!]!));
    if (isDoubtful || !isSign(bytes[at + 4]!)) {
      mask = (mask << 1) | 1;
      continue;
    }
    bytes.writeUInt32LE(makeRelative(bytes.readUInt32LE(at + 1), at + 5, mask), at + 1);
    at += 4;
  }
  return bytes;
}

function makeRelative(target: number, position: number, mask: number): number {
  let source = target;
  for (;;) {
    const relative = (source - position) >>> 0;
    const shift = byteToCheck[mask]! * 8;
    if (mask === 0 || !isSign((relative >>> (24 - shift)) & 0xff)) {
      const low = relative & 0x01ff_ffff;
      return (low & 0x0100_0000 ? low | 0xff00_0000 : low) >>> 0;
    }
    source = (relative ^ (2 ** (32 - shift) - 1)) >>> 0;
  }
}

function isSign(byte: number): boolean {
  return byte === 0x00 || byte === 0xff;
}

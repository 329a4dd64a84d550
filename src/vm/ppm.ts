/** A decoded screen: 8-bit RGB, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Reads a binary PPM (`P6`) as QEMU writes it. Returns undefined for anything else, a half-written file for instance. */
export function parsePpm(bytes: Uint8Array): Picture | undefined {
  const head = Buffer.from(bytes.subarray(0, 40)).toString('latin1');
  const match = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(head);
  if (!match) return undefined;
  const width = Number(match[1]);
  const height = Number(match[2]);
  const pixels = bytes.subarray(match[0].length);
  return pixels.length === width * height * 3 ? { width, height, pixels } : undefined;
}

/** How many pixels differ; `Infinity` for pictures of different size. */
export function countDifferentPixels(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height) return Number.POSITIVE_INFINITY;
  let different = 0;
  for (let at = 0; at < a.pixels.length; at += 3) {
    if (
      a.pixels[at] !== b.pixels[at] ||
      a.pixels[at + 1] !== b.pixels[at + 1] ||
      a.pixels[at + 2] !== b.pixels[at + 2]
    ) {
      different++;
    }
  }
  return different;
}

/** Whether every pixel has the same colour: a screen on which nothing stands. */
export function isBlank({ pixels }: Picture): boolean {
  for (let at = 3; at < pixels.length; at++) if (pixels[at] !== pixels[at - 3]) return false;
  return true;
}

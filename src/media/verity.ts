import { writeFile } from 'node:fs/promises';
import { place } from '../rootfs/place.ts';

/** Of a system image's hash tree; paths are on this machine. */
export interface VerityFiles {
  readonly hashTree: string;
  /** Hexadecimal. */
  readonly rootHash: string;
  readonly fec?: { readonly parity: string; readonly roots: number };
  /** PKCS #7 in DER. */
  readonly signature?: string;
}

/** Puts them beside the system image, under the names by which live-boot finds them (its 9990-overlay.sh). */
export async function placeVerity(image: string, { hashTree, rootHash, fec, signature }: VerityFiles): Promise<void> {
  await place(hashTree, `${image}.verity`);
  await writeFile(`${image}.roothash`, rootHash);
  if (fec) {
    await place(fec.parity, `${image}.fec`);
    await writeFile(`${image}.fec.roots`, String(fec.roots));
  }
  if (signature) await place(signature, `${image}.roothash.p7s`);
}

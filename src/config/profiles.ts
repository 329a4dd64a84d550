export const profileNames = ['dev', 'release'] as const;

export type ProfileName = (typeof profileNames)[number];

/** Compression of the system image, as the options for it spell it. */
interface Profile {
  readonly type: string;
  readonly level: number | undefined;
}

/** Why these, with figures: docs/compression.md. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  /** From an edit to a running system, again and again: quick to compress, to link and to read. */
  dev: { type: 'zstd', level: 3 },
  /** What is made once and started often: as small as xz, and read with a tenth of its work. */
  release: { type: 'zstd -b 1M', level: 19 },
};

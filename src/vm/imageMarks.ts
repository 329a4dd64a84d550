/** An entry of a boot menu as its configuration names it. */
export interface MarkedEntry {
  /** GRUB's `menuentry "TITLE"`. */
  readonly titles: readonly string[];
  /** Syslinux's `label NAME`. */
  readonly labels: readonly string[];
}

/**
 * What the bytes of an image tell without reading its file system: boot menus and the list of packages stand in every medium
 * as plain text (ISO 9660, FAT, ext, tar), whereas the system image is compressed.
 */
export interface ImageMarks {
  readonly memtest: { readonly bios: MarkedEntry; readonly uefi: MarkedEntry };
  readonly installer: MarkedEntry;
  /** With the initramfs of the graphical installer, which on a serial line is a text one too. */
  readonly graphicalInstaller: MarkedEntry;
  /** The system can open encrypted volumes in its initramfs. */
  readonly hasCryptsetup: boolean;
  /** Its menu mounts the system over CIFS. */
  readonly hasCifsRoot: boolean;
  /** A boot loader for UEFI of 32 bits is on it. */
  readonly hasIa32Loader: boolean;
  /** Its menu starts a system that dracut mounts, or one that is the disk itself. */
  readonly isWithoutLiveBoot: boolean;
}

const noEntry: MarkedEntry = { titles: [], labels: [] };
export const noMarks: ImageMarks = {
  memtest: { bios: noEntry, uefi: noEntry },
  installer: noEntry,
  graphicalInstaller: noEntry,
  hasCryptsetup: false,
  hasCifsRoot: false,
  hasIa32Loader: false,
  isWithoutLiveBoot: false,
};

/** How far before a kernel's name its menu entry may begin; pieces that are read one by one must overlap by this much. */
export const markOverlapBytes = 1024;

export function findMarks(bytes: Buffer): ImageMarks {
  return {
    memtest: {
      bios: findEntry(bytes, '/memtest', /^\/memtest(?:\.bin|86\+x64\.bin)?(?![\w.])/),
      uefi: findEntry(bytes, '/memtest', /^\/memtest(?:86\+x64)?\.efi/),
    },
    installer: findEntry(bytes, '/install/vmlinuz', /^\/install\/vmlinuz/),
    graphicalInstaller: findEntry(bytes, '/install/gtk/vmlinuz', /^\/install\/gtk\/vmlinuz/),
    // A line of filesystem.packages: name, tab, version.
    hasCryptsetup: bytes.includes('cryptsetup-initramfs\t'),
    hasCifsRoot: bytes.includes(' netboot=cifs '),
    // The name in a directory of the FAT that firmware reads, be it in an EFI partition or on a CD.
    hasIa32Loader: bytes.includes('BOOTIA32EFI'),
    isWithoutLiveBoot: bytes.includes(' rd.live.image root=live:') || namesRoot(bytes),
  };
}

/** What our menus say for a disk that is itself the system. */
const rootWord = ' root=UUID=';

function namesRoot(bytes: Buffer): boolean {
  const found = bytes.indexOf(rootWord);
  return found >= 0 && /^ root=UUID=[0-9a-f-]{36} rw\s/.test(bytes.toString('latin1', found, found + 64));
}

export function mergeMarks(a: ImageMarks, b: ImageMarks): ImageMarks {
  return {
    memtest: { bios: mergeEntries(a.memtest.bios, b.memtest.bios), uefi: mergeEntries(a.memtest.uefi, b.memtest.uefi) },
    installer: mergeEntries(a.installer, b.installer),
    graphicalInstaller: mergeEntries(a.graphicalInstaller, b.graphicalInstaller),
    hasCryptsetup: a.hasCryptsetup || b.hasCryptsetup,
    hasCifsRoot: a.hasCifsRoot || b.hasCifsRoot,
    hasIa32Loader: a.hasIa32Loader || b.hasIa32Loader,
    isWithoutLiveBoot: a.isWithoutLiveBoot || b.isWithoutLiveBoot,
  };
}

function mergeEntries(a: MarkedEntry, b: MarkedEntry): MarkedEntry {
  return { titles: [...new Set([...a.titles, ...b.titles])], labels: [...new Set([...a.labels, ...b.labels])] };
}

export function isMarked({ titles, labels }: MarkedEntry): boolean {
  return titles.length > 0 || labels.length > 0;
}

/** The entries around each place where `word` begins what `pattern` describes. */
function findEntry(bytes: Buffer, word: string, pattern: RegExp): MarkedEntry {
  let found = noEntry;
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + word.length)) {
    if (!pattern.test(bytes.toString('latin1', at, at + 32))) continue;
    const before = bytes.toString('latin1', Math.max(0, at - markOverlapBytes), at);
    // A text file has no zero bytes, but stands behind the ones that fill up the file before it.
    const entry = readEntry(before.slice(before.lastIndexOf('\0') + 1));
    if (entry) found = mergeEntries(found, entry);
  }
  return found;
}

/** The entry that `before` leads up to: the last that begins there, if this is still its command that starts something. */
function readEntry(before: string): MarkedEntry | undefined {
  if (!/(?:^|\n)\s*(?:linux|linux16|kernel|chainloader)\s+\S*$/i.test(before)) return undefined;
  const starts = [...before.matchAll(/menuentry\s+(?:"([^"\n]*)"|'([^'\n]*)')|(?:^|\n)\s*label\s+(\S+)/gi)];
  const last = starts.at(-1);
  if (!last) return undefined;
  const title = last[1] ?? last[2];
  return { titles: title === undefined ? [] : [title], labels: last[3] === undefined ? [] : [last[3]] };
}

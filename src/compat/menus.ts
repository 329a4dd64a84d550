/** An entry of a boot menu, whatever the loader. */
export interface MenuEntry {
  readonly loader: 'syslinux' | 'grub';
  readonly title: string;
  readonly kernel: string;
  readonly initrd: string;
  /** Kernel parameters, single blanks between them. */
  readonly parameters: string;
}

/**
 * The entries of a syslinux configuration file that start a kernel: `label`, `menu label`, `linux` or `kernel`, `initrd`,
 * `append` (which may hold an `initrd=`). syslinux.txt of Syslinux 6.
 */
export function parseSyslinux(text: string): MenuEntry[] {
  const entries: MenuEntry[] = [];
  let open: { title: string; kernel: string; initrd: string; parameters: string } | undefined;
  const close = (): void => {
    if (open !== undefined && open.kernel !== '') entries.push({ loader: 'syslinux', ...open });
    open = undefined;
  };
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    const [, word = '', rest = ''] = /^(menu\s+label|\S+)\s*(.*)$/i.exec(line) ?? [];
    const key = word.toLowerCase().replace(/\s+/, ' ');
    // Whose label comes next is the menu.
    if (key === 'menu' && /^(begin|end)\b/i.test(rest)) close();
    else if (key === 'label') {
      close();
      open = { title: rest, kernel: '', initrd: '', parameters: '' };
    } else if (open === undefined) continue;
    else if (key === 'menu label') open.title = rest.replace('^', '');
    else if (key === 'linux' || key === 'kernel') open.kernel = rest;
    else if (key === 'initrd') open.initrd = rest;
    else if (key === 'append') Object.assign(open, splitAppend(rest, open.initrd));
  }
  close();
  return entries;
}

function splitAppend(text: string, known: string): { initrd: string; parameters: string } {
  const words = text.split(/\s+/).filter(Boolean);
  const initrd = words.find((word) => word.startsWith('initrd='))?.slice('initrd='.length);
  return { initrd: initrd ?? known, parameters: words.filter((word) => !word.startsWith('initrd=')).join(' ') };
}

/**
 * `findiso=${iso_path}` of live-build, `${iso_file}` of ours, which is nothing where no ISO file was started from: what GRUB
 * puts there is the same.
 */
function isOfIsoFile(parameter: string): boolean {
  return /^(\$\{iso_file\}|(findiso|iso-scan\/filename)=\$\{iso_path\})$/.test(parameter);
}

/** The entries of a GRUB configuration file that start a kernel: `menuentry "TITLE" ... {`, `linux`, `initrd`. */
export function parseGrub(text: string): MenuEntry[] {
  const entries: MenuEntry[] = [];
  let title = '';
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    const [, double, single] = /^menuentry\s+(?:"([^"]*)"|'([^']*)')/.exec(line) ?? [];
    title = double ?? single ?? title;
    const [, command, path = '', rest = ''] = /^(linux|initrd)(?:16|efi)?\s+(\S+)\s*(.*)$/.exec(line) ?? [];
    if (command === 'linux') {
      const parameters = rest
        .split(/\s+/)
        .filter((part) => part !== '' && !isOfIsoFile(part))
        .join(' ');
      entries.push({ loader: 'grub', title, kernel: path, initrd: '', parameters });
    }
    const last = entries.at(-1);
    if (command === 'initrd' && last?.initrd === '') entries[entries.length - 1] = { ...last, initrd: path };
  }
  return entries;
}

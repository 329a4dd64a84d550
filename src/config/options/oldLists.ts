/** Lists that live-build brought once, by the desktop in their name: `gnome`, `gnome-full`, `xfce-desktop`. */
const desktopList = /^(gnome|kde|lxde|xfce)(-(core|desktop|extra|full|junior))?$/;

/** Lists without packages of their own. */
const emptyLists = new Set(['minimal', 'stripped', 'none', 'false']);

/** What `--packages-lists` named, as lines of a list of today; names that mean nothing today stay as comments. */
export function packageListLines(value: string): { readonly lines: readonly string[] } {
  const names = value.split(/[\s,]+/).filter((name) => name !== '' && !emptyLists.has(name));
  return { lines: names.map(listLine) };
}

function listLine(name: string): string {
  const desktop = desktopList.exec(name)?.[1];
  if (desktop !== undefined) return `task-${desktop}-desktop`;
  if (/^standard(-full)?$/.test(name)) return '! Packages Priority standard';
  return `# ${name}: a list of this name came with live-build 2, or is in config/chroot_local-packageslists`;
}

export function taskLines(value: string): { readonly lines: readonly string[] } {
  const names = value.split(/[\s,]+/).filter(Boolean);
  return { lines: names.map((name) => `task-${name.replace(/^task-/, '')}`) };
}

import type { StartEntry } from '../startEntry.ts';
import type { NetMenu } from './menu.ts';

/**
 * `boot.ipxe`: the menu for iPXE. Names are relative, and so are fetched from wherever the script came from, by
 * whichever protocol.
 */
export function renderIpxeScript(menu: NetMenu): string {
  const { title, entries, defaultId, timeoutSeconds } = menu;
  const chosen = entries.find(({ id }) => id === defaultId) ?? entries[0];
  const timeout = timeoutSeconds === undefined ? '' : ` --timeout ${Math.max(1, timeoutSeconds * 1000)}`;
  return [
    '#!ipxe',
    ':menu',
    `menu ${title}`,
    ...entries.map(({ id, label, hotkey }) => `item${hotkey === undefined ? '' : ` --key ${hotkey}`} ${id} ${label}`),
    'item shell Command line',
    `choose --default ${chosen?.id ?? 'shell'}${timeout} target && goto \${target} || goto shell`,
    ...entries.flatMap(renderEntry),
    '',
    ':failed',
    'echo The system could not be started from the network.',
    'prompt Press a key for the menu. || goto menu',
    'goto menu',
    '',
    ':shell',
    'shell',
    'goto menu',
    '',
  ].join('\n');
}

function renderEntry({ id, linux, initrd, append }: StartEntry): string[] {
  const file = initrd.slice(initrd.lastIndexOf('/') + 1);
  return [
    '',
    `:${id}`,
    // The kernel's own UEFI stub asks for the initramfs by this name; `netX` is the card that the script came by.
    `kernel ${linux.slice(1)} initrd=${file} ${escapeSettings(append)} BOOTIF=01-\${netX/mac:hexhyp} || goto failed`,
    `initrd --name ${file} ${initrd.slice(1)} || goto failed`,
    'boot || goto failed',
  ];
}

/** `${` begins a setting of iPXE's, `${}` is an empty one. */
function escapeSettings(append: string): string {
  return append.replaceAll('${', '$${}{');
}

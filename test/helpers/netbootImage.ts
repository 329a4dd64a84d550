import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOutNetboot } from '../../src/media/netboot/layOut.ts';
import { type NetEntry, type NetMenu, networkEntries } from '../../src/media/netboot/menu.ts';
import { packNetboot } from '../../src/media/netboot/pack.ts';
import { type NetSettings, rootName } from '../../src/media/netboot/parameters.ts';
import { createSandbox } from '../../src/sandbox/run.ts';

export interface NetbootImageOptions {
  /** A live image whose kernel and system are to be booted from the network. */
  readonly iso: string;
  /** Host path of the tree of build tools. */
  readonly tools: string;
  /** An empty directory. */
  readonly directory: string;
  /** As `--net-root-server`. */
  readonly server: string;
  readonly timeoutSeconds: number;
}

const epochSeconds = 1746446400;

/** Makes a netboot image with menus on screen and serial line. Returns the tar's path. */
export async function makeNetbootImage(options: NetbootImageOptions): Promise<string> {
  const { directory, tools, server, timeoutSeconds } = options;
  const net: NetSettings = {
    ...{ rootFilesystem: 'nfs', rootPath: '/srv/debian-live', rootServer: server, rootMountOptions: '' },
    ...{ cowFilesystem: 'nfs', cowPath: '', cowServer: '', cowMountOptions: '' },
  };
  const live: NetEntry = {
    ...{ id: 'live-amd64', label: 'Live system (amd64)', linux: '/live/vmlinuz', initrd: '/live/initrd.img' },
    append: 'boot=live components console=tty0 console=ttyS0,115200',
  };
  const entries = networkEntries([live, { ...live, id: 'live-amd64-failsafe', label: 'Live system (fail-safe)' }], net);
  const menu: NetMenu = { title: 'Live', entries, timeoutSeconds, serial: { port: 0, speed: 115200 } };
  const tftpboot = join(directory, 'tftpboot');
  const scratch = join(directory, 'scratch');
  for (const path of [join(tftpboot, 'live'), scratch]) mkdirSync(path, { recursive: true });
  takeLive(options, join(directory, rootName(net)));
  layOutPxelinux(tools, tftpboot, menu);
  const media = { run: createSandbox(tools).run, tree: tools };
  const settings = { architecture: 'amd64', secureBoot: 'enable' } as const;
  await layOutNetboot(media, { directory: tftpboot, settings, menu, epochSeconds, scratch });
  mkdirSync(join(directory, 'out'));
  const output = join(directory, 'out/live-image-amd64.netboot.tar');
  const directories = [rootName(net), 'tftpboot'].map((name) => ({ path: join(directory, name), name }));
  await packNetboot(media, { output, directories, compression: 'none', epochSeconds });
  return output;
}

function takeLive({ iso, directory }: NetbootImageOptions, root: string): void {
  execFileSync('xorriso', ['-osirrox', 'on', '-indev', iso, '-extract', '/live', join(root, 'live')], {
    stdio: 'ignore',
  });
  execFileSync('chmod', ['-R', 'u+w', root]);
  for (const name of ['vmlinuz', 'initrd.img']) {
    renameSync(join(root, 'live', name), join(directory, 'tftpboot/live', name));
  }
  execFileSync('sh', ['-c', 'rm -f "$1"/live/vmlinuz-* "$1"/live/initrd.img-*', 'sh', root]);
}

function layOutPxelinux(tools: string, target: string, { entries, timeoutSeconds }: NetMenu): void {
  copyFileSync(join(tools, 'usr/lib/PXELINUX/pxelinux.0'), join(target, 'pxelinux.0'));
  for (const name of ['ldlinux', 'menu', 'libutil', 'libcom32']) {
    copyFileSync(join(tools, `usr/lib/syslinux/modules/bios/${name}.c32`), join(target, `${name}.c32`));
  }
  const lines = [
    ...['serial 0 115200', 'ui menu.c32', 'prompt 0', `timeout ${(timeoutSeconds ?? 0) * 10}`, 'sysappend 2'],
    ...entries.map(
      ({ id, label, linux, initrd, append }) =>
        `label ${id}\n\tmenu label ${label}\n\tlinux ${linux}\n\tinitrd ${initrd}\n\tappend ${append}`,
    ),
  ];
  mkdirSync(join(target, 'pxelinux.cfg'));
  writeFileSync(join(target, 'pxelinux.cfg/default'), `${lines.join('\n')}\n`);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { loaderArgv } from '../../src/sandbox/loader.ts';
import { stripAnsi } from '../../src/vm/ansi.ts';

export interface PxeGuestOptions {
  /** Host path of the tree that has QEMU and its firmware. */
  readonly tools: string;
  /** Network namespace with `tap0`. */
  readonly namespace: string;
  readonly firmware: 'bios' | 'uefi-secure';
  readonly memoryMib: number;
  /** UEFI that knows HTTP boot alone: it would try PXE first, for minutes. */
  readonly httpOnly?: boolean;
  readonly scratch: string;
}

export interface PxeGuest {
  /** All that the serial line said, without escape sequences. */
  text(): string;
  /** Resolves with the text once it matches. */
  says(pattern: RegExp, timeoutMs: number): Promise<string>;
  type(text: string): void;
  stop(): Promise<void>;
}

/** A machine without a disk that boots from its network card; its serial line is ours. */
export function startPxeGuest(options: PxeGuestOptions): PxeGuest {
  const { tools, namespace, scratch } = options;
  const argv = [...loaderArgv(tools, 'usr/bin/qemu-system-x86_64'), ...qemuWords(options)];
  const child = spawn('ip', ['netns', 'exec', namespace, ...argv], {
    env: { ...process.env, QEMU_MODULE_DIR: join(tools, 'usr/lib/x86_64-linux-gnu/qemu') },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return follow(child, join(scratch, `${options.firmware}-serial.log`));
}

function qemuWords({ tools, firmware, memoryMib, scratch, httpOnly }: PxeGuestOptions): string[] {
  const share = (path: string) => join(tools, 'usr', path);
  return [
    ...['-L', share('share/qemu'), '-L', share('share/seabios'), '-L', share('lib/ipxe/qemu')],
    ...['-nodefaults', '-no-user-config', '-machine', firmware === 'bios' ? 'q35' : 'q35,smm=on'],
    ...['-accel', 'tcg', '-cpu', 'max,erms=off,fsrm=off', '-smp', '2', '-m', String(memoryMib)],
    ...['-vga', 'std', '-display', 'none', '-serial', 'stdio', '-device', 'virtio-rng-pci'],
    ...(httpOnly === true ? ['4', '6'].flatMap(withoutPxe) : []),
    ...['-netdev', 'tap,id=net0,ifname=tap0,script=no,downscript=no'],
    ...(firmware === 'bios'
      ? ['-device', 'virtio-net-pci,netdev=net0,bootindex=0']
      : ['-device', 'virtio-net-pci,netdev=net0,bootindex=0,romfile=', ...flash(tools, scratch)]),
  ];
}

/** OVMF's own switch (OvmfPkg's README). */
function withoutPxe(version: string): string[] {
  return ['-fw_cfg', `name=opt/org.tianocore/IPv${version}PXESupport,string=no`];
}

function flash(tools: string, scratch: string): string[] {
  const variables = join(scratch, 'vars.fd');
  copyFileSync(join(tools, 'usr/share/OVMF/OVMF_VARS_4M.ms.fd'), variables);
  const code = join(tools, 'usr/share/OVMF/OVMF_CODE_4M.secboot.fd');
  return [
    ...['-global', 'driver=cfi.pflash01,property=secure,value=on'],
    ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${code}`],
    ...['-drive', `if=pflash,unit=1,format=raw,file=${variables}`],
  ];
}

function follow(child: ChildProcess, logPath: string): PxeGuest {
  const log = createWriteStream(logPath);
  let raw = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('latin1').on('data', (text: string) => {
      raw += text;
      log.write(text, 'latin1');
      for (const listen of listeners) listen();
    });
  }
  const text = () => stripAnsi(raw);
  const ended = once(child, 'close');
  const says: PxeGuest['says'] = (pattern, timeoutMs) =>
    new Promise((resolve, reject) => {
      const settle = (action: () => void) => {
        listeners.delete(look);
        clearTimeout(timer);
        action();
      };
      const fail = (why: string) =>
        settle(() => reject(new Error(`The guest did not say ${pattern} (${why}):\n${text().slice(-3000)}`)));
      const look = () => pattern.test(text()) && settle(() => resolve(text()));
      const timer = setTimeout(() => fail(`${timeoutMs} ms`), timeoutMs);
      listeners.add(look);
      void ended.then(() => fail('it ended'));
      look();
    });
  return {
    text,
    says,
    type: (keys) => void child.stdin!.write(keys),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

import type { Finding, MilestoneName, Outcome } from './verdict.ts';

interface Sign {
  readonly pattern: RegExp;
  readonly outcome: Outcome;
  /** `$1` is what the pattern's first group found. */
  readonly sentence: string;
}

/** In the order of what says most; the first sign that is found decides. */
const serialSigns: readonly Sign[] = [
  { pattern: /Kernel panic - not syncing: *([^\n]*)/, outcome: 'panic', sentence: 'The kernel panicked: $1' },
  {
    pattern: /There was an error decrypting (\S+)/,
    outcome: 'initramfs',
    sentence: 'The passphrase for $1 was not accepted.',
  },
  {
    // The two sentences of live-boot, in `mountroot()` and in the search for the medium.
    pattern: /Unable to find a (?:medium containing a )?live file system/i,
    outcome: 'no-medium',
    sentence: 'live-boot did not find a medium with a live file system.',
  },
  {
    pattern: /(?:^|\n)ALERT! +([^\n]*)/,
    outcome: 'initramfs',
    sentence: 'The initramfs gave up: $1',
  },
  {
    pattern: /Entering emergency mode\. Exit the shell to continue/,
    outcome: 'initramfs',
    sentence: 'dracut did not find what to start, and stopped at its own shell.',
  },
  { pattern: /\(initramfs\)/, outcome: 'initramfs', sentence: 'The initramfs stopped at its own shell.' },
  {
    pattern: /You are in (emergency|rescue) mode|root account is locked/,
    outcome: 'emergency',
    sentence: 'systemd stopped in emergency mode.',
  },
];

/**
 * Complaints that a boot may survive, a floppy drive's for instance. They count as the reason only once a boot has failed.
 */
const causes: readonly Sign[] = [
  {
    pattern: /(wget: (?:can't connect|server returned error|bad address|download timed out)[^\n]*)/,
    outcome: 'network',
    sentence: 'The system image could not be fetched ($1).',
  },
  {
    // mount.cifs, once; live-boot then tries NFS, in vain.
    pattern: /(mount error\(\d+\): [^\n]*)/,
    outcome: 'network',
    sentence: 'The root could not be mounted over CIFS ($1).',
  },
  {
    pattern: /IP-Config: no response after/,
    outcome: 'network',
    sentence: 'The initramfs got no answer from a DHCP server.',
  },
  {
    pattern: /attempt to access beyond end of device/,
    outcome: 'damaged-medium',
    sentence: 'The image is cut off: the kernel was sent to a place beyond its end.',
  },
  {
    pattern: /(I\/O error,? (?:on )?dev (?:sr|sd|vd|nvme|mmcblk)\w*[^\n]*)/,
    outcome: 'damaged-medium',
    sentence: 'The medium cannot be read ($1).',
  },
  {
    pattern: /(SQUASHFS error: [^\n]*)/,
    outcome: 'damaged-medium',
    sentence: 'The system image cannot be read; it is cut off or damaged ($1).',
  },
];

/** `finding` with the reason that the guest gave for it earlier, where it did. */
export function explainFinding(finding: Finding, serial: string): Finding {
  if (finding.outcome === 'panic') return finding;
  return findNfsFailure(serial, 'any') ?? findSign(causes, serial) ?? finding;
}

/**
 * What klibc's nfsmount says, once for each of up to 60 attempts of live-boot, which may take an hour. Its first words may
 * stand behind those of live-boot, that it tries; `read:` is of UDP, by which it asks for ports.
 */
const nfsComplaint = /(?<=^|\.\.\. )(?:connect: |read: |mount call failed|NFS over \w+ not available)[^\n]*$/gm;
/** A server that was only restarted answers before that; one that is not there keeps TCP trying for two minutes. */
const finalNfsComplaints = 3;
/** The kernel's last words before nfsmount speaks. */
const nfsBegins = /RPC: Registered tcp NFSv4\.1 backchannel transport module\.\s*$/;

function findNfsFailure(serial: string, kind: 'final' | 'any'): Finding | undefined {
  const complaints = serial.match(nfsComplaint) ?? [];
  const last = complaints.at(-1)?.trim();
  if (last === undefined) {
    return kind === 'any' && nfsBegins.test(serial) ? nfsFailure(serial, 'did not answer.') : undefined;
  }
  const isFinal = complaints.length >= finalNfsComplaints || last.endsWith('timed out');
  if (kind === 'final' && !isFinal) return undefined;
  // What is on the other end of a mount call has answered, if only to refuse.
  if (last.startsWith('mount call')) return nfsFailure(serial, `refused: ${endSentence(last)}`);
  return nfsFailure(serial, `did not answer (${last}).`);
}

function nfsFailure(serial: string, predicate: string): Finding {
  const server = /\bnfsroot=([^ :,\n]+):/.exec(serial)?.[1];
  return { outcome: 'network', summary: `The NFS server${server === undefined ? '' : ` ${server}`} ${predicate}` };
}

/** What UEFI firmware, shim and GRUB say on the serial line, SeaBIOS in its log, and ISOLINUX on a text screen. */
const loaderSigns: readonly Sign[] = [
  {
    // iPXE, Intel's PXE ROMs, OVMF.
    pattern: /(No configuration methods succeeded|PXE-E51|PXE-E16)/,
    outcome: 'network',
    sentence: 'No DHCP server answered the firmware ($1).',
  },
  {
    pattern: /(PXE-E53|Nothing to boot: No such file)/,
    outcome: 'network',
    sentence: 'The DHCP server named no file to start ($1).',
  },
  {
    pattern: /(tftp:\/\/\S+?)\.\.\. *(?:No such file|Error 0x2d)/,
    outcome: 'network',
    sentence: 'The TFTP server has no file $1.',
  },
  {
    pattern: /(PXE-T01|PXE-E3B|PXE-E23)/,
    outcome: 'network',
    sentence: 'The TFTP server does not have the file that the firmware was sent for ($1).',
  },
  {
    pattern: /(PXE-E32|PXE-E18|tftp:\/\/\S+?\.\.\. *Connection timed out)/,
    outcome: 'network',
    sentence: 'The TFTP server did not answer ($1).',
  },
  {
    pattern: /bad shim signature/,
    outcome: 'no-kernel',
    sentence: 'Secure Boot: shim does not accept the kernel (bad shim signature).',
  },
  {
    // Firmware under Secure Boot refuses its own shell as well, when it has come to that for want of anything else.
    pattern:
      /(?:Boot\d+ "(?!EFI Internal Shell)[^"\n]*"[^\n]*|Verification failed: \([^)\n]*\) )(Security Violation|Security Policy Violation|Access Denied)/,
    outcome: 'no-boot-loader',
    sentence: 'Secure Boot: the firmware refused the boot loader ($1).',
  },
  {
    pattern: /No bootable (?:option or )?device|"EFI Internal Shell"|UEFI Interactive Shell|(?:^|\n)Shell> /,
    outcome: 'no-boot-loader',
    sentence: 'The firmware found nothing to start on the medium.',
  },
  {
    pattern:
      /((?:isolinux|ldlinux|syslinux|extlinux)[\w.]* (?:missing or corrupt|image checksum error)|Failed to load (?:ldlinux\.c32|COM32 file)|Disk error \w+|image checksum error[^\n]*)/i,
    outcome: 'no-boot-loader',
    sentence: 'The boot loader cannot load itself: $1.',
  },
  {
    pattern: /(grub rescue>|Minimal BASH-like line editing|No DEFAULT or UI configuration directive found)/,
    outcome: 'no-kernel',
    sentence: 'The boot loader found no menu ($1).',
  },
  {
    pattern: /(?:^|\n)error: *([^\n]*)/,
    outcome: 'no-kernel',
    sentence: 'GRUB could not load the kernel: $1',
  },
  {
    pattern: /(Loading \S+\.\.\. ?failed: [^\n]*|Could not find kernel image: \S+)/,
    outcome: 'no-kernel',
    sentence: 'The boot loader could not load the kernel: $1.',
  },
];

/** What the guest's own words mean, once its kernel runs. */
export function findInSystemOutput(serial: string): Finding | undefined {
  const finding = findSign(serialSigns, serial);
  return finding ? explainFinding(finding, serial) : findNfsFailure(serial, 'final');
}

/** What firmware and boot loader have said, before a kernel runs. */
export function findInLoaderOutput(output: string): Finding | undefined {
  return findSign(loaderSigns, output);
}

function findSign(signs: readonly Sign[], text: string): Finding | undefined {
  for (const { pattern, outcome, sentence } of signs) {
    const match = pattern.exec(text);
    if (match) return { outcome, summary: endSentence(sentence.replace('$1', (match[1] ?? '').trim())) };
  }
  return undefined;
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

interface MilestoneSign {
  readonly name: MilestoneName;
  readonly pattern: RegExp;
}

/** Lines of a guest's serial console that mark how far it is, in order. */
const milestoneSigns: readonly MilestoneSign[] = [
  { name: 'kernel', pattern: /Linux version \d/ },
  // The kernel says this when live-boot sets up the loop device over filesystem.squashfs, which it has then found.
  { name: 'live-medium', pattern: /loop\d+: detected capacity change/ },
  {
    name: 'system',
    pattern: /systemd\[1\]: systemd \S+ running in system mode|systemd\[1\]: Detected architecture|^Welcome to .*!$/,
  },
  // d-i's first dialog; priorities are shown as [!], [!!]. Answers on the medium may leave any question as the first.
  {
    name: 'installer',
    pattern: /Select a language|Choose language|Select your location|Configure the keyboard|\[!{1,2}\] [A-Z]/,
  },
  { name: 'login', pattern: /^\S+ login: |^\S+@\S+:\S*[$#] / },
];

/** The milestones that `line` shows and that `reached` lacks. */
export function milestonesIn(line: string, reached: ReadonlySet<MilestoneName>): MilestoneName[] {
  return milestoneSigns.filter((sign) => !reached.has(sign.name) && sign.pattern.test(line)).map((sign) => sign.name);
}

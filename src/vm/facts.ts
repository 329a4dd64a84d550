import type { SerialConsole } from './console.ts';
import type { GuestFacts } from './verdict.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

const shellPrompt = /[$#] $/;

/** `Password: `, or what asks for it in the guest's language: a last line that ends in a colon and is not the kernel's. */
export const passwordPrompt = /[Pp]assword: |\n(?!\[ *\d)[^\n]*[:：]\s*$/;

/**
 * Gets a shell on the serial line: by the automatic login of live-config, else with `login`.
 * False where neither gives a prompt. `from` is where the login prompt's text begins.
 */
export async function openShell(console: SerialConsole, login: Login, from: number): Promise<boolean> {
  if (await console.expect(/\(automatic login\)|[$#] $/, { timeoutMs: 8000, from })) {
    return (await console.expect(shellPrompt, { timeoutMs: 60_000, from })) !== undefined;
  }
  const named = console.text.length;
  console.send(`${login.user}\r`);
  if (!(await console.expect(passwordPrompt, { timeoutMs: 20_000, from: named }))) return false;
  const asked = console.text.length;
  console.send(`${login.password}\r`);
  const answer = await console.expect(/Login incorrect|[$#] $/, { timeoutMs: 60_000, from: asked });
  return answer !== undefined && answer[0] !== 'Login incorrect';
}

const secureBootVariable = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

/** Asked one after the other; `state` first, because it waits until the system has settled. */
const questions = {
  state: 'root timeout 150 systemctl is-system-running --wait',
  failed: 'root systemctl --failed --no-legend --plain --no-pager',
  commandLine: 'cat /proc/cmdline',
  mounts: 'cat /proc/mounts',
  secureBoot: `if [ -d /sys/firmware/efi ]; then od -An -tu1 -j4 -N1 ${secureBootVariable}; else echo no-uefi; fi`,
  kernel: 'uname -r',
  system: '. /etc/os-release; echo "$PRETTY_NAME"',
  startupTime: 'root systemd-analyze time',
} as const;

/**
 * Without D-Bus only root may talk to systemd; live users may become root without a password.
 * Answers travel as base64 between markers: kernel messages on the same line cannot be taken for them.
 */
const definitions = [
  'stty -echo',
  'root() { if sudo -n true; then sudo -n "$@"; else "$@"; fi; }',
  `ask() { r=$(eval "$2" 2>/dev/null | base64 -w 0); printf '\\n@%s:%s:%s@\\n' "$1" "\${#r}" "$r"; }`,
];

/** Switches the guest off from its shell: where nothing listens to the power button, this still works. */
export function askForPowerOff(console: SerialConsole): void {
  console.send('root systemctl poweroff\r');
}

export interface Answers {
  readonly facts: GuestFacts;
  readonly failedUnits: readonly string[];
}

/** Puts the questions to the shell at the prompt. What is not answered stays out of the facts. */
export async function askGuest(console: SerialConsole): Promise<Answers> {
  for (const definition of definitions) console.send(`${definition}\r`);
  const answers: Record<string, string> = {};
  for (const [name, command] of Object.entries(questions)) {
    const answer = await ask(console, name, command, name === 'state' ? 180_000 : 40_000);
    if (answer !== undefined) answers[name] = answer;
  }
  return readAnswers(answers);
}

/** What `command`, which has no single quotes, writes in a shell that `askGuest` has prepared; undefined without answer. */
export async function ask(
  console: SerialConsole,
  name: string,
  command: string,
  timeoutMs = 40_000,
): Promise<string | undefined> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const from = console.text.length;
    console.send(`ask ${name} '${command}'\r`);
    const pattern = new RegExp(`@${name}:(\\d+):([A-Za-z0-9+/=]*)@`);
    const match = await console.expect(pattern, { timeoutMs, from });
    const encoded = match?.[2] ?? '';
    if (match && encoded.length === Number(match[1])) return Buffer.from(encoded, 'base64').toString('utf8').trim();
  }
  return undefined;
}

/** What the guest's answers mean. */
export function readAnswers(answers: Readonly<Record<string, string>>): Answers {
  const facts: Record<string, unknown> = { ...readMounts(answers['mounts']) };
  const plain = { kernel: 'kernel', system: 'system', commandLine: 'commandLine', systemState: 'state' };
  for (const [fact, answer] of Object.entries(plain)) if (answers[answer]) facts[fact] = answers[answer];
  const startupTime = answers['startupTime']?.split('\n')[0];
  if (startupTime) facts['startupTime'] = startupTime;
  const secureBoot = { '1': 'enabled', '0': 'disabled', 'no-uefi': 'no-uefi' }[answers['secureBoot'] ?? ''];
  if (secureBoot) facts['secureBoot'] = secureBoot;
  const failed = (answers['failed'] ?? '').split('\n').map((line) => line.trim().split(/\s+/)[0] ?? '');
  return { facts, failedUnits: failed.filter((unit) => unit !== '') };
}

type RootFacts = Pick<GuestFacts, 'rootType' | 'isRootOnSquashfs' | 'rootImageType' | 'liveMediumType'>;

/** Where live-boot and dracut mount the medium. */
const mediumDirectories = ['/run/live/medium', '/run/initramfs/live'];

/** `/proc/mounts`: device, directory, type, options; proc_pid_mounts(5). */
function readMounts(text: string | undefined): RootFacts {
  if (text === undefined) return {};
  const mounts = text.split('\n').map((line) => line.split(' '));
  const root = mounts.filter(([, directory]) => directory === '/').at(-1);
  const medium = mounts.filter(([, directory]) => mediumDirectories.includes(directory ?? '')).at(-1);
  const rootImageType = root?.[2] === 'overlay' ? readImageType(mounts, root[3] ?? '') : undefined;
  return {
    ...(root?.[2] ? { rootType: root[2] } : {}),
    isRootOnSquashfs: rootImageType === 'squashfs',
    ...(rootImageType === undefined ? {} : { rootImageType }),
    ...(medium?.[2] ? { liveMediumType: medium[2] } : {}),
  };
}

function readImageType(mounts: readonly string[][], overlayOptions: string): string | undefined {
  const [, layers] = /(?:^|,)lowerdir=([^,]*)/.exec(overlayOptions) ?? [];
  const lower = layers?.split(':').at(-1)?.replace(/\/+$/, '');
  if (lower === undefined) return undefined;
  if (lower.endsWith('.dir')) return 'directory';
  const matching = mounts.filter(([, directory]) => sameMount(directory, lower)).map(([, , type]) => type);
  return matching.includes('squashfs') ? 'squashfs' : matching.at(-1);
}

/**
 * The overlay names its layer as the initramfs saw it; after the switch to the system the same mount may be seen
 * below another directory. The last part of the name (`filesystem.squashfs`) stays.
 */
function sameMount(directory: string | undefined, lower: string): boolean {
  return directory === lower || directory?.split('/').at(-1) === lower.split('/').at(-1);
}

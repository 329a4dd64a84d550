import { readFileSync } from 'node:fs';

/**
 * How programs are watched: strace from the tools tree, outside the sandbox, so that its end is not waited for by what
 * a program leaves running. `--seccomp-bpf` stops the programs at the calls below only.
 */
export function straceWords(output: string): string[] {
  return [
    ...['--follow-forks', '--seccomp-bpf', '--kill-on-exit', '--decode-fds=path'],
    ...['--string-limit=4096', '--quiet=attach,personality', '--signal=none', `--trace=${[...watched].join(',')}`],
    ...[`--output=${output}`, '--'],
  ];
}

/** Everything that names a file or lists names, and what changes the meaning of names. */
const watched = [
  ...[
    '%file',
    'fchdir',
    'getdents',
    'getdents64',
    'unshare',
    'setns',
    'open_by_handle_at',
    'io_uring_setup',
    'move_mount',
    'fsmount',
    'ptrace',
  ],
];

/** The last of the processors that this process may use (proc_pid_status(5), Cpus_allowed_list). */
export function lastProcessor(): string {
  const status = readFileSync('/proc/self/status', 'utf8');
  return /^Cpus_allowed_list:.*?(\d+)$/m.exec(status)?.[1] ?? '0';
}

/** A system call as strace prints it, where its names are known. */
export interface TracedCall {
  readonly pid: number;
  readonly name: string;
  /** Its arguments as text; of a call that was interrupted by another's line, up to there. */
  readonly args: string;
  /** What it gave, as text; empty where that is on another line. */
  readonly result: string;
}

const lineForm = /^(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$/;

/** One line of `strace -f -o`, or undefined where it tells of no call; the end of a process is a call "exit". */
export function parseLine(line: string): TracedCall | undefined {
  const [, ended] = /^(\d+) +\+\+\+ /.exec(line) ?? [];
  if (ended !== undefined) return { pid: Number(ended), name: 'exit', args: '', result: '' };
  const [, pid, resumed, begun, rest = ''] = lineForm.exec(line) ?? [];
  const name = begun ?? resumed;
  if (pid === undefined || name === undefined) return undefined;
  const end = rest.lastIndexOf(' = ');
  const isWhole = !rest.endsWith('<unfinished ...>') && end >= 0;
  const args = isWhole ? rest.slice(0, end).trimEnd().replace(/\)$/, '') : rest.replace(/<unfinished \.\.\.>$/, '');
  const result = isWhole ? rest.slice(end + 3) : '';
  return { pid: Number(pid), name, args: begun === undefined ? '' : args, result };
}

/** A name among the arguments of a call. */
export interface NamedFile {
  /** What it is relative to, where the call says so; of the process's working directory, that directory. */
  readonly directory: string | undefined;
  readonly isWorkingDirectory: boolean;
  readonly path: string;
  /** Whether strace cut it off. */
  readonly isCut: boolean;
}

const token = /(AT_FDCWD|\d+)<((?:[^<>\\]|\\.)*)>(?:\(deleted\))?|"((?:[^"\\]|\\.)*)"(\.\.\.)?/g;

/** Descriptors and quoted names, in their order. */
export function namedFiles(args: string, limit: number): NamedFile[] {
  const files: NamedFile[] = [];
  let directory: string | undefined;
  let isWorkingDirectory = false;
  for (const [, descriptor, place, quoted, cut] of args.matchAll(token)) {
    if (descriptor !== undefined) {
      directory = unescapeText(place ?? '');
      isWorkingDirectory = descriptor === 'AT_FDCWD';
      continue;
    }
    files.push({ directory, isWorkingDirectory, path: unescapeText(quoted ?? ''), isCut: cut !== undefined });
    directory = undefined;
    isWorkingDirectory = false;
    if (files.length === limit) break;
  }
  return files;
}

/** The file of the descriptor that a text begins with: a call's result, or its arguments (`3</etc/passwd>`). */
export function descriptorFile(result: string): string | undefined {
  const [, place] = /^\d+<((?:[^<>\\]|\\.)*)>/.exec(result) ?? [];
  return place === undefined ? undefined : unescapeText(place);
}

const simpleEscapes: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12 };

/** strace writes names as C strings: bytes beyond ASCII in octal. */
function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes: number[] = [];
  for (const [, octal, hex, letter, plain] of text.matchAll(/\\([0-7]{1,3})|\\x([0-9a-f]{2})|\\(.)|([^\\]+)/gs)) {
    if (plain !== undefined) bytes.push(...Buffer.from(plain));
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else bytes.push(simpleEscapes[letter ?? ''] ?? (letter ?? '').charCodeAt(0));
  }
  return Buffer.from(bytes).toString();
}

import { errorCodes } from '../../dist/errors.js';
import { code, table } from './markdown.js';

const lead = `# Errors

Every failure is one sentence, with the place it concerns, what to do about it, and a code in brackets. Codes are for scripts and
stay as they are; sentences may change. With \`--json\` the last line is the error as an object: \`type\` (\`error\`), \`code\`, \`message\`,
\`hint\`, \`place\` (\`path\`, \`line\`), \`data\`, \`exitCode\`.

| Exit code | Meaning |
|---|---|
| 0 | Done. |
| 1 | It went wrong on the way: the same input may work later or elsewhere. Also: no command was given, as with live-build. |
| 2 | What was given cannot be right: command line, \`config/\`, \`auto/\`. |
| 128 + signal | A second Ctrl-C or SIGTERM, which does not wait for an orderly end. |
`;

const meanings = {
  USAGE: 'The words of the command line do not go together, or not with where it was started.',
  OPTION_UNKNOWN: 'There is no such option.',
  OPTION_AMBIGUOUS: 'The shortened name fits several options.',
  OPTION_VALUE: 'The value of an option is not acceptable, or is missing.',
  COMMAND_UNKNOWN: 'There is no such command.',
  CONFIG_SYNTAX: 'A file of the configuration cannot be read; file and line are named.',
  CONFIG_VALUE: 'A setting is not acceptable, or not together with another one.',
  CONFIG_MISSING: 'A file that the configuration names is not there.',
  LIST_SYNTAX: 'A package list cannot be read; file and line are named.',
  PACKAGE_NOT_FOUND: 'No configured archive has the package; list, line and the nearest name are given.',
  NOT_SUPPORTED: 'The configuration asks for what this version cannot do.',
  STEP_UNKNOWN: 'The build has no step of that name.',
  IMAGE_NOT_FOUND: 'There is no image to boot, write or read.',
  IMAGE_DAMAGED: 'A file that is to be written is no disk or disc image, or not all of one.',
  DEVICE_REFUSED:
    'What is to be written to must not be: mounted, in use by this system, too small, no whole drive, not blank.',
  PARTITION_IMPOSSIBLE: 'The partition that is wanted behind the image has no room or no place in its table.',
  DEVICE_UNUSABLE: 'The system does not let the drive be opened; nothing was written.',
  NOT_CONFIRMED: 'The question whether a drive may be overwritten was not answered with yes; nothing was written.',
  WRITE_FAILED: 'A drive failed or went away while it was written or read back; the sentence says what state it is in.',
  VERIFY_FAILED: 'A drive does not return what was written to it, or the image changed meanwhile.',
  UNSATISFIABLE: 'The wanted packages cannot be installed together.',
  MIRROR_UNREACHABLE: 'A mirror does not answer.',
  MIRROR_NOT_FOUND: 'A mirror answers, but does not have the file.',
  SIGNATURE_INVALID: 'An index is not signed by a trusted key.',
  RELEASE_EXPIRED: 'An index is older than it says it may be used.',
  HASH_MISMATCH: 'What was downloaded is not what the signed index promises.',
  ARCHIVE_FORMAT: 'A package or archive is damaged.',
  RELEASE_FORMAT: 'An index is damaged or lacks what is needed.',
  DISK_FULL: 'There is no space left. What was built is kept.',
  NAMESPACES_UNAVAILABLE: 'The kernel, or what the user may do, does not allow the namespaces in which programs run.',
  STORE_CORRUPT: 'An object of the store is not what its name promises, and could not be made again.',
  STORE_UNUSABLE: 'The directory of the store cannot be used: rights, file system, or a newer layout.',
  LOCKED: 'Another `lb` works on the same build directory.',
  PROGRAM_FAILED: 'A program of a step failed; its last lines, its log and the command are shown.',
  HOOK_FAILED: 'A hook, or the command of --dm-verity-sign, failed; it is named, with its last lines.',
  INTERRUPTED: 'Ctrl-C or a signal. What is done is kept.',
  BOOT_FAILED: '`lb test`: at least one boot failed. The verdicts say how.',
  VM_FAILED: 'QEMU did not start or did not end well.',
  SERVE_FAILED: '`lb serve`: a port is taken or may not be opened, or a server did not start or ended by itself.',
  SQUASHFS_FORMAT: 'A SquashFS image is damaged, or no SquashFS 4.0; the byte is named at which that shows.',
  SQUASHFS_LINK:
    'SquashFS images cannot be linked into one: their compressors or block sizes differ, or a file is not where it should be.',
};

export function renderErrors() {
  const codes = Object.entries(errorCodes).toSorted(([, a], [, b]) => b - a);
  const rows = codes.map(([name, exitCode]) => [code(name), String(exitCode), meaningOf(name)]);
  const crash = [
    code('CRASH'),
    '1',
    'A mistake in Livewright. What is needed to find it is in the file that is named.',
  ];
  return `${lead}\n${table(['Code', 'Exit code', 'Meaning'], [...rows, crash])}`;
}

function meaningOf(name) {
  const meaning = meanings[name];
  if (meaning === undefined) throw new Error(`tools/docs/errors.js does not say what ${name} means`);
  return meaning;
}

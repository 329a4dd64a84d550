import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LivewrightError } from '../errors.ts';
import { createEventBus, type EventBus, toErrorReport } from '../events/events.ts';
import { findAutoScript, runAutoScript } from './autoScript.ts';
import type { Command, Prepared } from './command.ts';
import { commands } from './commands.ts';
import type { CommandContext, Host } from './context.ts';
import { findCommand } from './findCommand.ts';
import {
  findStrayWords,
  leaveUnparsed,
  type ParsedCommand,
  parseCommand,
  parseGlobals,
  splitCommandLine,
} from './parse.ts';
import { withTreeEnvironment } from './treeEnvironment.ts';

/** Runs one command line. Returns the exit code; throws what the user has not been told yet. */
export async function dispatch(argv: readonly string[], host: Host): Promise<number> {
  const { globals, name, rest } = splitCommandLine(argv);
  const flags = parseGlobals(globals);
  if (flags.includes('version')) return showVersion(host);
  const asksHelp = flags.includes('help') || flags.includes('usage');
  if (name === undefined) return showUsage(host, asksHelp ? 'asked' : 'lost');
  const command = findCommand(name);
  if (asksHelp) return showHelp(command, host);
  const env = await withTreeEnvironment(host.directory, host.env);
  return runCommand({ command, globals, words: rest, host: { ...host, env }, parent: undefined });
}

interface Invocation {
  readonly command: Command;
  readonly globals: readonly string[];
  readonly words: readonly string[];
  readonly host: Host;
  /** The command that runs this one, whose reporter it shares. */
  readonly parent: { readonly events: EventBus; readonly isJson: boolean } | undefined;
}

const helpWords = new Set(['-h', '--help', '-u', '--usage']);

async function runCommand(invocation: Invocation): Promise<number> {
  const { command, globals, host, parent } = invocation;
  const asksHelp = [...globals, ...invocation.words].some((word) => helpWords.has(word));
  const { words, warnings: early } = asksHelp ? { ...invocation, warnings: [] } : await prepareCommand(invocation);
  const isNoAuto = command.hasAutoScript === true && words[0] === 'noauto';
  const argv = [...globals, ...(isNoAuto ? words.slice(1) : words)];
  // Asked for help, the user does not want his script to run; and the script may take words that are not ours to parse.
  if (asksHelp) return showHelp(command, host);
  const script =
    command.hasAutoScript === true && !isNoAuto ? await findAutoScript(host.directory, command.name) : 'absent';
  if (script === 'runnable') {
    return runAutoScript(command.name, argv, { host, outputTo: parent?.isJson === true ? 'stderr' : 'stdout' });
  }
  const parsed = command.loadOptions === undefined ? parseCommand(argv, command.options) : leaveUnparsed(argv);
  if (parsed.asks === 'help') return showHelp(command, host);
  if (parsed.asks === 'version') return showVersion(host);
  const warnings = [...early, ...(script === 'not executable' ? [ignoredScript(command.name)] : [])];
  return reportCommand({ ...invocation, argv, parsed, warnings: [...warnings, ...strayWords(command, parsed)] });
}

async function prepareCommand({ command, words, host }: Invocation): Promise<Prepared> {
  const step = await command.loadPrepare?.();
  return step === undefined ? { words, warnings: [] } : step.prepare(words, host);
}

interface ParsedInvocation extends Invocation {
  readonly argv: readonly string[];
  readonly parsed: ParsedCommand;
  readonly warnings: readonly Warning[];
}

interface Warning {
  readonly message: string;
  readonly hint?: string;
}

function ignoredScript(name: string): Warning {
  return { message: `auto/${name} is not executable, so it is ignored.`, hint: `To use it: chmod +x auto/${name}` };
}

function strayWords(command: Command, { positionals }: ParsedCommand): readonly Warning[] {
  const stray = findStrayWords(command, positionals);
  return stray.length === 0
    ? []
    : [{ message: `"lb ${command.name}" does not know what to do with "${stray.join(' ')}".` }];
}

/** Runs the command with a reporter for its events, unless it shares that of the command that runs it. */
async function reportCommand(invocation: ParsedInvocation): Promise<number> {
  const { parent, parsed, host } = invocation;
  if (parent !== undefined) return runParsed(invocation, parent.events);
  const { selectReporter } = await import('./reporters/select.ts');
  const reporter = selectReporter({ ...parsed.flags, json: parsed.options['json'] === true }, host);
  const events = createEventBus();
  events.subscribe(reporter.listen);
  try {
    return await runParsed(invocation, events);
  } catch (error) {
    if (error instanceof LivewrightError && reporter.hasShown(toErrorReport(error))) return error.exitCode;
    throw error;
  } finally {
    reporter.close();
  }
}

async function runParsed(invocation: ParsedInvocation, events: EventBus): Promise<number> {
  const { command, host, warnings } = invocation;
  for (const warning of warnings) events.emit({ type: 'warning', ...warning });
  const context = createContext(invocation, events);
  if (command.needsConfig === true && !existsSync(join(host.directory, '.build', 'config'))) {
    const exitCode = await context.runCommand('config', []);
    if (exitCode !== 0) return exitCode;
  }
  const { run } = await command.load();
  return run(context);
}

function createContext({ command, argv, globals, parsed, host }: ParsedInvocation, events: EventBus): CommandContext {
  const { directory, env, signal, stdout, stderr, self } = host;
  const { options, positionals, flags } = parsed;
  const noAuto = command.hasAutoScript === true ? ['noauto'] : [];
  const isJson = options['json'] === true;
  return {
    ...{ directory, env, signal, stdout, stderr, options, positionals, flags, argv, events },
    isTty: stdout.isTTY === true,
    commandLine: [...self, command.name, ...noAuto, ...argv],
    runCommand: (name, words) => {
      const nested = { command: findCommand(name), globals, words, host, parent: { events, isJson } };
      return runCommand(nested);
    },
  };
}

async function showHelp(command: Command, { stdout }: Host): Promise<number> {
  const help = await import('./commands/help.ts');
  await help.showHelp(command, stdout);
  return 0;
}

async function showUsage({ stdout, stderr }: Host, why: 'asked' | 'lost'): Promise<number> {
  const [{ renderUsage }, { helpWidth }] = await Promise.all([import('./help.ts'), import('./wrap.ts')]);
  const output = why === 'asked' ? stdout : stderr;
  output.write(renderUsage(commands, helpWidth(output.columns)));
  if (why === 'asked') return 0;
  stderr.write('\nlb: No command was given.   [USAGE]\n');
  // live-build's own exit code for this, which scripts may know.
  return 1;
}

async function showVersion({ stdout }: Host): Promise<number> {
  const { readVersion } = await import('./version.ts');
  stdout.write(`${readVersion()}\n`);
  return 0;
}

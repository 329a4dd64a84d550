import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LivewrightError } from '../errors.ts';
import type { Listener } from '../events/events.ts';
import type { Candidate, Fittings } from './applies.ts';
import type { BootPlan } from './bootPlan.ts';
import { BootRun } from './bootRun.ts';
import { type BootTestOptions, bootOnce } from './bootTest.ts';
import type { GuestCheck } from './checks.ts';
import { describeLoss, type ImageFacts } from './imageFacts.ts';
import { judge } from './judge.ts';
import type { BootLimits } from './limits.ts';
import type { Boot } from './matrix.ts';
import { planFor } from './plans.ts';
import { copyWithRoom } from './scratchDisk.ts';
import type { Accel, StartMachine } from './types.ts';
import type { BootVerdict } from './verdict.ts';

/** What all boots of a run share. */
export interface BootRoom {
  readonly accel: Accel;
  readonly memoryMib?: number;
  readonly limits?: Partial<BootLimits>;
  readonly toolsRoot: string;
  readonly start: StartMachine;
  readonly outputDirectory: string;
  /** A new empty directory with a short name. */
  readonly newScratch: () => Promise<string>;
  readonly fittings: Fittings;
  readonly checks: readonly GuestCheck[];
  readonly emit: Listener;
  readonly signal?: AbortSignal;
}

export interface BootRequest {
  /** Names the boot in events and files. */
  readonly name: string;
  readonly title: string;
  readonly boot: Boot;
  readonly image: Candidate & { readonly path: string; readonly facts: ImageFacts };
}

/** Goes through one row of the matrix with one image and says how that went. */
export async function runBoot(request: BootRequest, room: BootRoom): Promise<BootVerdict> {
  const { name, title } = request;
  room.emit({ type: 'boot-started', boot: name, title });
  const verdict = explainByImage(await runPrepared(request, room), request.image.facts);
  room.emit({ type: 'boot-verdict', boot: name, title, verdict });
  return verdict;
}

/** What a fitting could not do; the other boots of the run may do without it. */
class NotPrepared extends Error {
  override readonly cause: LivewrightError;

  constructor(cause: LivewrightError) {
    super(cause.message);
    this.cause = cause;
  }
}

async function prepare<T>(action: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof LivewrightError && error.code !== 'INTERRUPTED') throw new NotPrepared(error);
    throw error;
  }
}

async function runPrepared(request: BootRequest, room: BootRoom): Promise<BootVerdict> {
  try {
    return await scenarios[request.boot.scenario](request, room);
  } catch (error) {
    if (!(error instanceof NotPrepared)) throw error;
    const { message, hint } = error.cause;
    const run = new BootRun(await optionsFor(request, room, { goal: 'login' }));
    return judge(run, { finding: { outcome: 'not-prepared', summary: hint ? `${message} ${hint}` : message } });
  }
}

/** Of an image that is not whole, nothing that the guest says is the reason. */
function explainByImage(verdict: BootVerdict, facts: ImageFacts): BootVerdict {
  const loss = verdict.verdict === 'failed' ? describeLoss(facts) : undefined;
  return loss === undefined
    ? verdict
    : { ...verdict, outcome: 'damaged-medium', summary: `${loss} ${verdict.summary}` };
}

type Run = (request: BootRequest, room: BootRoom) => Promise<BootVerdict>;

const runOnce: Run = async (request, room) => bootOnce(await optionsFor(request, room, planFor(request, room.checks)));

/**
 * Two boots of one disk, with a power-off between them, as with a stick that goes from one machine to the next. The
 * first writes a file, the second must find it.
 */
const runTwice: Run = async (request, room) => {
  const disk = join(room.outputDirectory, `${request.name}.disk.img`);
  const plan = planFor(request, room.checks);
  try {
    await copyWithRoom(request.image.path, disk, room.signal);
    const { passphrase } = plan;
    await prepare(
      room.fittings.prepareDisk?.({ path: disk, ...(passphrase ? { passphrase } : {}), ...signalOf(room) }),
    );
    const parts: BootVerdict[] = [];
    for (const part of plan.parts ?? []) {
      const options = await optionsFor(request, room, part);
      const filePrefix = `${request.name}-${parts.length + 1}`;
      parts.push(await bootOnce({ ...options, imagePath: disk, isWritable: true, filePrefix }));
      if (parts.at(-1)?.verdict === 'failed') break;
    }
    return joinParts(parts, plan.parts?.length ?? 0);
  } finally {
    await rm(disk, { force: true });
  }
};

function joinParts(parts: readonly BootVerdict[], planned: number): BootVerdict {
  const last = parts.at(-1)!;
  const earlier = parts.slice(0, -1);
  const which = parts.length < planned ? 'first' : 'second';
  const summary = last.verdict === 'failed' ? `In the ${which} boot: ${last.summary}` : last.summary;
  return { ...last, summary, ...(earlier.length > 0 ? { earlier } : {}) };
}

const runOverNetwork: Run = async (request, room) => {
  const { image, boot } = request;
  const wanted = {
    imagePath: image.path,
    architecture: image.architecture,
    system: boot.scenario === 'http' ? 'http' : 'nfs',
    scratch: await room.newScratch(),
    ...signalOf(room),
  } as const;
  const lab = await prepare(room.fittings.startLab?.(wanted));
  if (!lab) throw new Error('a boot over the network needs a lab');
  try {
    const plan = planFor(request, room.checks);
    const append = [plan.append, lab.append].filter(Boolean).join(' ');
    return await bootOnce({ ...(await optionsFor(request, room, { ...plan, ...(append ? { append } : {}) })), lab });
  } finally {
    await lab.close();
  }
};

const scenarios: Readonly<Record<Boot['scenario'], Run>> = {
  login: runOnce,
  toram: runOnce,
  memtest: runOnce,
  installer: runOnce,
  persistence: runTwice,
  luks: runTwice,
  nfs: runOverNetwork,
  http: runOverNetwork,
};

async function optionsFor(request: BootRequest, room: BootRoom, plan: BootPlan): Promise<BootTestOptions> {
  const { firmware, attach } = request.boot;
  const { accel, memoryMib, limits, toolsRoot, start, outputDirectory, emit } = room;
  return {
    ...{
      boot: request.name,
      title: request.title,
      firmware,
      attach,
      accel,
      toolsRoot,
      start,
      outputDirectory,
      emit,
      plan,
    },
    imagePath: request.image.path,
    architecture: request.image.architecture,
    scratch: await room.newScratch(),
    ...(memoryMib === undefined ? {} : { memoryMib }),
    ...(limits ? { limits } : {}),
    ...signalOf(room),
  };
}

function signalOf({ signal }: BootRoom): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}

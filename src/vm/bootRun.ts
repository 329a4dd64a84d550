import { copyFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Listener } from '../events/events.ts';
import { milestonesIn } from './classify.ts';
import type { Guest } from './guest.ts';
import { takeScreenshot } from './screens.ts';
import type { Accel, Attach, Firmware, GuestArchitecture } from './types.ts';
import type { Finding, Milestone, MilestoneName } from './verdict.ts';

export interface BootRunOptions {
  readonly boot: string;
  /** What the names of its files begin with. Default: `boot`. */
  readonly filePrefix?: string;
  readonly outputDirectory: string;
  readonly scratch: string;
  readonly architecture: GuestArchitecture;
  readonly accel: Accel;
  readonly firmware: Firmware;
  readonly attach: Attach;
  readonly emit: Listener;
  readonly signal?: AbortSignal;
}

/** What is known so far of one boot: how far it is, and what it left behind. */
export class BootRun {
  readonly options: BootRunOptions;
  readonly serialLogPath: string;
  readonly screenshots: { menu?: string; end?: string } = {};
  readonly #milestones = new Map<MilestoneName, Milestone>();
  #guest: Guest | undefined;
  #fromOffset = 0;
  #loginOffset = 0;
  #restarts = 0;

  constructor(options: BootRunOptions) {
    this.options = options;
    this.serialLogPath = resolve(options.outputDirectory, `${this.#filePrefix}-serial.log`);
  }

  get #filePrefix(): string {
    return this.options.filePrefix ?? this.options.boot;
  }

  /** Listens to the guest from power-on. */
  follow(guest: Guest): void {
    this.#guest = guest;
    guest.console.onLine((line) => {
      if (line.text !== '') this.reach('firmware', line.afterMs);
      for (const name of milestonesIn(line.text, this.reached)) this.reach(name, line.afterMs);
    });
    guest.qmp.onEvent(({ event, data }) => {
      if (event === 'RESET' && data['guest'] === true && this.reached.has('kernel')) this.#restarts++;
    });
  }

  get guest(): Guest {
    if (!this.#guest) throw new Error('the guest has not been started');
    return this.#guest;
  }

  /** Undefined where QEMU did not start. */
  get qemuVersion(): string | undefined {
    return this.#guest?.qemuVersion;
  }

  /** Since power-on; 0 where the guest never came to that. */
  get elapsedMs(): number {
    return this.#guest?.elapsedMs() ?? 0;
  }

  /** What the guest has said since its last power-on. */
  get output(): string {
    return this.guest.console.text.slice(this.#fromOffset);
  }

  get fromOffset(): number {
    return this.#fromOffset;
  }

  /** Where in the console's text the login prompt's line begins. */
  get loginOffset(): number {
    return this.#loginOffset;
  }

  get reached(): ReadonlySet<MilestoneName> {
    return new Set(this.#milestones.keys());
  }

  get milestones(): readonly Milestone[] {
    return [...this.#milestones.values()].sort((a, b) => a.afterMs - b.afterMs);
  }

  get signalOption(): { readonly signal?: AbortSignal } {
    return this.options.signal ? { signal: this.options.signal } : {};
  }

  reach(name: MilestoneName, afterMs: number): void {
    if (this.#milestones.has(name)) return;
    if (name === 'login') this.#loginOffset = this.guest.console.text.lastIndexOf('\n') + 1;
    this.#milestones.set(name, { name, afterMs });
    this.options.emit({ type: 'boot-milestone', boot: this.options.boot, milestone: name, afterMs });
  }

  /** Switches the guest off and on; what it said before no longer counts. */
  async resetGuest(): Promise<void> {
    await this.guest.qmp.execute('system_reset');
    this.#fromOffset = this.guest.console.text.length;
  }

  findRestart(): Finding | undefined {
    if (this.#restarts === 0) return undefined;
    return { outcome: 'guest-powered-off', summary: 'The guest restarted itself before a login prompt.' };
  }

  /** Keeps a picture of the screen; a guest that is gone has none. */
  async takeScreenshot(name: 'menu' | 'end'): Promise<void> {
    const { outputDirectory, scratch } = this.options;
    const taken = join(scratch, `${name}.png`);
    const kept = resolve(outputDirectory, `${this.#filePrefix}-${name}.png`);
    try {
      await takeScreenshot(this.guest.qmp, taken);
    } catch {
      return;
    }
    await copyFile(taken, kept);
    await rm(taken, { force: true });
    this.screenshots[name] = kept;
  }
}

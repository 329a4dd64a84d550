import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStep, type Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import { mediumUuid } from '../media/diskInfo.ts';
import type { Bind } from '../sandbox/types.ts';
import type { BlobRef, Store, TreeRef } from '../store/types.ts';
import { BUILD } from './binaryHookWorld.ts';
import type { UserDirectory } from './medium.ts';
import { type EpochSource, openSandbox, toLog } from './workshop.ts';

/** What live-boot needs beside a system image to check each block that it reads. */
export type Verity = {
  readonly hashTree: BlobRef;
  /** Hexadecimal. */
  readonly rootHash: string;
  /** Forward error correction: parity bytes, and how many of them in 255. */
  readonly fec: { readonly parity: BlobRef; readonly roots: number } | null;
  /** Of the root hash, as the user's command made it: PKCS #7 in DER. */
  readonly signature: BlobRef | null;
};

/** A command that is called with the root hash and the name of the file to write (`--dm-verity-sign`). */
export interface SignCommand {
  readonly words: readonly string[];
  readonly config: UserDirectory;
  /** Files and directories outside `config/` that the command names, under the names that it has for them. */
  readonly files: readonly (UserDirectory & { readonly name: string })[];
}

export interface VerityOptions {
  /** The tools tree `hooks`, which has veritysetup, and openssl for the user's command. */
  readonly tools: Step<TreeRef>;
  readonly epoch: EpochSource;
  readonly rootfs: Step<BlobRef>;
  readonly fecRoots: number | undefined;
  readonly sign: SignCommand | undefined;
}

/** Makes the hash tree of the system image. It needs no device-mapper: veritysetup works on files. */
export function verityStep({ tools, epoch, rootfs, fecRoots, sign }: VerityOptions): Step<Verity> {
  return defineStep({
    name: 'dm-verity',
    title: 'hash tree of the system image',
    version: 1,
    needs: [tools, ...epoch.needs, rootfs],
    inputs: async (resultOf) => ({
      tools: resultOf(tools),
      epochSeconds: epoch.secondsOf(resultOf),
      rootfs: resultOf(rootfs),
      fecRoots: fecRoots ?? null,
      sign: sign ? await digestCommand(sign) : null,
    }),
    run: async (inputs, context) => {
      const { store } = context;
      const out = join(context.scratch, 'out');
      await mkdir(out);
      const sandbox = await openSandbox(store, inputs.tools);
      const binds = [{ source: out, target: '/out', writable: true }];
      const image = { source: await store.blobPath(inputs.rootfs), target: '/in/filesystem' };
      const argv = verityArgv({ ...inputs, image: image.target });
      const { stdout } = await sandbox.runTool({ argv, binds: [...binds, image], ...toLog(context) });
      const rootHash = readRootHash(stdout);
      if (sign) {
        const program = signProgram(sign, rootHash);
        const run = sandbox.runTool({ ...program, binds: [...binds, ...program.binds], ...toLog(context) });
        await run.catch((error: unknown) => Promise.reject(signFailed(sign, error)));
      }
      return readResults(store, { out, rootHash, roots: inputs.fecRoots, isSigned: sign !== undefined });
    },
  });
}

export interface VeritySettings {
  readonly image: string;
  readonly rootfs: BlobRef;
  readonly epochSeconds: number;
  readonly fecRoots: number | null;
}

/** Salt and UUID are random unless given; these are made of what the image is. */
export function verityArgv({ image, rootfs, epochSeconds, fecRoots }: VeritySettings): string[] {
  const salt = createHash('sha256').update(`livewright dm-verity\n${rootfs.blob}`).digest('hex');
  const fec = fecRoots === null ? [] : ['--fec-device=/out/fec', `--fec-roots=${fecRoots}`];
  const uuid = mediumUuid(`dm-verity ${rootfs.blob}`, epochSeconds);
  return ['veritysetup', 'format', `--salt=${salt}`, `--uuid=${uuid}`, ...fec, image, '/out/tree'];
}

/** `Root hash:      \t0123...`, the last line of veritysetup(8)'s answer. */
export function readRootHash(answer: string): string {
  const [, hash] = /^Root hash:\s*([0-9a-f]+)$/m.exec(answer) ?? [];
  if (hash === undefined) throw new Error(`veritysetup names no root hash:\n${answer}`);
  return hash;
}

async function digestCommand({ words, config, files }: SignCommand) {
  const named = files.map(async (file) => [file.name, await file.digest()] as const);
  return { words, config: await config.digest(), files: Object.fromEntries(await Promise.all(named)) };
}

const signatureFile = '/out/signature';

/** As live-build calls it, in the build directory. What it names absolutely is there under that name. */
function signProgram({ words, config, files }: SignCommand, rootHash: string) {
  const place = (name: string): string => (name.startsWith('/') ? name : join(BUILD, name));
  const binds: Bind[] = [
    { source: config.path, target: `${BUILD}/config` },
    ...files.map(({ name, path }) => ({ source: path, target: place(name) })),
  ];
  return { argv: [...words, rootHash, signatureFile], cwd: BUILD, binds };
}

function signFailed({ words }: SignCommand, error: unknown): unknown {
  if (!(error instanceof LivewrightError) || error.code !== 'PROGRAM_FAILED') return error;
  return new LivewrightError('HOOK_FAILED', {
    message: `The command of --dm-verity-sign, "${words.join(' ')}", did not sign the root hash.`,
    hint: 'It sees programs of the tools tree, config/, and the files that its own words name, such as a key; read its output above.',
    data: error.data,
    cause: error,
  });
}

interface Made {
  readonly out: string;
  readonly rootHash: string;
  readonly roots: number | null;
  readonly isSigned: boolean;
}

async function readResults(store: Store, { out, rootHash, roots, isSigned }: Made): Promise<Verity> {
  if (isSigned && (await readFile(join(out, 'signature')).catch(() => '')).length === 0) {
    throw new LivewrightError('HOOK_FAILED', {
      message: 'The command of --dm-verity-sign ended well and wrote no signature.',
      hint: 'Its last two words are the root hash and the name of the file to write.',
    });
  }
  return {
    hashTree: await store.putFile(join(out, 'tree')),
    rootHash,
    fec: roots === null ? null : { parity: await store.putFile(join(out, 'fec')), roots },
    signature: isSigned ? await store.putFile(join(out, 'signature')) : null,
  };
}

// Programs of the build tools in real namespaces, on real overlays. Needs root.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/run.ts';
import type { Program } from '../../src/sandbox/types.ts';
import { removeTree } from '../../src/store/remove.ts';
import { openBuildTools } from '../helpers/buildTools.ts';
import { runDirectory } from '../helpers/lb.ts';
import { prepareScripts } from '../helpers/scripts.ts';
import { isRoot } from '../helpers/user.ts';

// The names of all that a layer must carry and none that a shell, a mount option or a list of options leaves alone.
const oddName = `o d'd "$HOME" \\ ,:;=% é\n!`;

let tools: string;
let sandbox: Sandbox;
let base: string;

beforeAll(async () => {
  if (!isRoot) return;
  tools = await openBuildTools();
  sandbox = createSandbox(tools);
  base = await mkdtemp(runDirectory('sandbox-'));
});
afterAll(async () => {
  if (isRoot) await removeTree(base);
});

const newDirectory = (): Promise<string> => mkdtemp(join(base, 'd-'));
const inTools = (script: string, program: Omit<Program, 'argv' | 'root'> = {}) =>
  sandbox.runTool({ ...program, argv: ['sh', '-c', script] });

/** Command lines of running processes that hold `mark`. */
function processesWith(mark: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      } catch {
        return ''; // it ended meanwhile
      }
    })
    .filter((line) => line.includes(mark));
}

async function processesAfterAWhile(mark: string): Promise<string[]> {
  for (let tries = 0; tries < 20 && processesWith(mark).length > 0; tries++) await delay(100);
  return processesWith(mark);
}

describe.runIf(isRoot)('a program', () => {
  test('sees the tools as its root, with nothing of the host', async () => {
    const { stdout } = await inTools(`test -e ${tools} || echo no store; ls -d /usr/bin/mksquashfs; cat /proc/1/comm`);
    expect(stdout).toMatch(/^no store\n\/usr\/bin\/mksquashfs\n(sh|busybox)$/);
  });

  test('has a clean environment', async () => {
    process.env['LEAK'] = '1';
    onTestFinished(() => {
      delete process.env['LEAK'];
    });
    const { stdout } = await sandbox.runTool({ argv: ['env'], env: { EXTRA: 'a b' } });
    expect(stdout.split('\n').toSorted()).toEqual([
      'EXTRA=a b',
      'HOME=/root',
      'LC_ALL=C.UTF-8',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'TERM=dumb',
    ]);
  });

  test('makes files with the same modes whatever the umask of the caller', async () => {
    const directory = await newDirectory();
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    const binds = [{ source: directory, target: '/some/deep/out', writable: true }];
    const { stdout } = await inTools('cd /some/deep/out; touch f; mkdir d; stat -c %a f d /some /some/deep', { binds });
    expect(stdout.split('\n')).toEqual(['644', '755', '755', '755']);
  });

  test('has no network, unless asked for', async () => {
    const server = createServer((_request, response) => response.end('reached'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const ask = { argv: ['busybox', 'wget', '-q', '-O', '-', '-T', '5', `http://127.0.0.1:${port}/`] };
    await expect(sandbox.runTool(ask)).rejects.toMatchObject({ code: 'PROGRAM_FAILED' });
    expect((await sandbox.runTool({ ...ask, network: 'host' })).stdout).toBe('reached');
    const { stdout } = await inTools(`tail -n +3 /proc/net/dev | sed 's/:.*//;s/ //g'`);
    expect(stdout).toBe('lo');
  });

  test('reads its binds, and writes only to those that are writable', async () => {
    const directory = await newDirectory();
    const [readable, writable] = [join(directory, oddName), join(directory, 'out')];
    await mkdir(readable);
    await mkdir(writable);
    await writeFile(join(readable, 'file'), 'text');
    const binds = [
      { source: readable, target: '/in' },
      { source: join(readable, 'file'), target: `/etc/${oddName}` },
      { source: writable, target: '/out', writable: true },
    ];
    const { stdout } = await sandbox
      .runTool({
        argv: ['sh', '-c', 'cat /in/file "$1"; cp /in/file /out/copy; touch /in/new 2>&1', 'sh', `/etc/${oddName}`],
        binds,
      })
      .catch((error) => ({ stdout: error.data.tail.join('\n') }));
    expect(stdout).toMatch(/^texttext.*\/in\/new.*Read-only file system$/);
    expect(await readFile(join(writable, 'copy'), 'utf8')).toBe('text');
    expect(readdirSync(readable)).toEqual(['file']);
  });

  test('gets its input, its working directory and its words as they are', async () => {
    const { stdout } = await sandbox.runTool({
      argv: ['sh', '-c', 'pwd; cat; printf "%s|" "$@"', 'sh', '', oddName.replace('\n', ''), '-x', '*'],
      cwd: '/usr/share',
      input: 'in\nput\n',
    });
    expect(stdout).toBe(`/usr/share\nin\nput\n|${oddName.replace('\n', '')}|-x|*|`);
  });

  test.each([
    ['exit 7', { exitCode: 7 }, 'ended with exit code 7.'],
    ['kill -9 $$', { exitCode: 137 }, 'ended with exit code 137.'],
    ['exit 125', { exitCode: 125 }, 'ended with exit code 125.'],
  ])('%s is told', async (script, data, message) => {
    const error = await inTools(`echo out; echo err >&2; ${script}`).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'PROGRAM_FAILED', data });
    expect(error.message).toContain(message);
    expect(error.data.tail).toEqual(expect.arrayContaining(['err', 'out']));
    expect(error.data.command).toContain(`sh -c 'echo out;`);
  });

  test('a program that is not there', async () => {
    const error = await sandbox.runTool({ argv: ['no-such-program'] }).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'PROGRAM_FAILED', data: { exitCode: 127 } });
  });

  test('a sandbox that cannot be made says what is missing', async () => {
    const root = { kind: 'overlay', lower: [tools, '/no/such/layer'] } as const;
    await expect(sandbox.run({ argv: ['true'], root })).rejects.toMatchObject({
      code: 'NAMESPACES_UNAVAILABLE',
      message: expect.stringContaining('cannot set up the layer /no/such/layer'),
    });
    const binds = [{ source: '/no/such/source', target: '/in' }];
    await expect(inTools('true', { binds })).rejects.toMatchObject({ message: expect.stringContaining('up /in') });
  });

  test('a full disk has its own error', async () => {
    const fill = inTools('mkdir /small && mount -t tmpfs -o size=64k tmpfs /small && cat /dev/zero >/small/file');
    await expect(fill).rejects.toMatchObject({ code: 'DISK_FULL', message: expect.stringContaining('sh') });
  });

  test('a listener that throws ends the program', async () => {
    const onLine = () => {
      throw new Error('listener');
    };
    await expect(inTools('echo line; exec sleep 3123451', { onLine })).rejects.toThrow('listener');
    expect(await processesAfterAWhile('3123451')).toEqual([]);
  });

  test("has the usual devices, and what it does to them is not done to the host's", async () => {
    const modes = () =>
      ['null', 'zero', 'full', 'random', 'urandom', 'tty'].map((name) => statSync(`/dev/${name}`).mode);
    const before = modes();
    const { stdout } = await inTools(`
      echo x >/dev/null; head -c 4 /dev/zero | od -An -tx1; head -c 9 /dev/urandom | wc -c; echo x 2>&1 >/dev/full
      stat -c '%n %a' /dev/tty /dev/random; chmod 600 /dev/*; touch -d @1 /dev/null; stat -c %a /dev/null`);
    expect(stdout).toMatch(/^ 00 00 00 00\n9\nsh: .*echo.*\n\/dev\/tty 666\n\/dev\/random 666\n600$/);
    expect(modes()).toEqual(before);
  });

  test('what a program leaves running ends with it', async () => {
    await inTools('(setsid sleep 3123452 >/dev/null 2>&1 &)');
    expect(processesWith('3123452')).toEqual([]);
  });

  test('an abort ends it and all that it started', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    let seen: string[] = [];
    const onLine = (line: string) => {
      if (line !== 'started') return;
      seen = processesWith('3123453');
      abort.abort(reason);
    };
    const script = '(setsid sleep 3123453 >/dev/null 2>&1 &) ; sleep 1; echo started; sleep 3123453';
    await expect(inTools(script, { onLine, signal: abort.signal })).rejects.toBe(reason);
    expect(seen.filter((line) => line.startsWith('sleep'))).not.toEqual([]);
    expect(await processesAfterAWhile('3123453')).toEqual([]);
    await expect(inTools('true', { signal: abort.signal })).rejects.toBe(reason);
  });

  test('kill -9 of the parent leaves no process and no mount', async () => {
    const scratch = await newDirectory();
    for (const name of ['upper', 'work']) await mkdir(join(scratch, name));
    const scripts = await prepareScripts(['src/sandbox/run.ts'], {
      'run.js': `
        import { createSandbox } from './src/sandbox/run.js';
        const [tools, scratch] = process.argv.slice(2);
        const root = { kind: 'overlay', lower: [tools], upper: scratch + '/upper', work: scratch + '/work' };
        const argv = ['sh', '-c', '(setsid sleep 3123454 &) ; echo started; sleep 3123454'];
        await createSandbox(tools).run({ argv, root, onLine: (line) => line === 'started' && console.log(line) });
      `,
    });
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    const script = scripts.start('run.js', [tools, scratch]);
    expect(await script.nextLine()).toBe('started');
    expect(processesWith('3123454')).not.toEqual([]);
    script.child.kill('SIGKILL');
    await script.exit;
    expect(await processesAfterAWhile('3123454')).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(mounts);
    await removeTree(scratch);
    expect(existsSync(scratch)).toBe(false);
  });
});

describe.runIf(isRoot)('a root of layers', () => {
  /** A layer with these files in a directory of an unpleasant name. */
  async function plainLayer(files: Readonly<Record<string, string>>): Promise<string> {
    const layer = join(await newDirectory(), oddName);
    await mkdir(layer);
    for (const [name, text] of Object.entries(files)) await writeFile(join(layer, name), text);
    return layer;
  }

  test('is read-only for the layers, and what is written is gone afterwards', async () => {
    const layer = await plainLayer({ a: 'lower' });
    const root = { kind: 'overlay', lower: [tools, layer] } as const;
    const script = 'echo upper >/a; cat /a';
    expect((await sandbox.run({ argv: ['sh', '-c', script], root })).stdout).toBe('upper');
    expect((await sandbox.run({ argv: ['cat', '/a'], root })).stdout).toBe('lower');
  });

  test('keeps what is written in its upper directory, from one program to the next', async () => {
    const [layer, scratch] = [await plainLayer({ a: 'lower' }), await plainLayer({})];
    for (const name of ['upper', 'work']) await mkdir(join(scratch, name));
    const root = {
      ...({ kind: 'overlay', lower: [tools, layer] } as const),
      ...{ upper: join(scratch, 'upper'), work: join(scratch, 'work') },
    };
    await sandbox.run({ argv: ['sh', '-c', 'echo upper >/a; echo new >/b'], root });
    expect((await sandbox.run({ argv: ['cat', '/a', '/b'], root })).stdout).toBe('upper\nnew');
    expect(await readFile(join(layer, 'a'), 'utf8')).toBe('lower');
    expect(readdirSync(join(scratch, 'upper')).toSorted()).toEqual(['a', 'b']);
  });

  test('may have a hundred layers with long paths, and the same one twice', async () => {
    const directory = join(await newDirectory(), 'x'.repeat(180));
    const layers: string[] = [];
    for (let index = 0; index < 100; index++) {
      const layer = join(directory, `${'y'.repeat(60)}-${index}`);
      await mkdir(layer, { recursive: true });
      await writeFile(join(layer, `file-${index}`), '');
      await writeFile(join(layer, 'number'), `${index}`);
      layers.push(layer);
    }
    const root = { kind: 'overlay', lower: [tools, layers[7]!, ...layers, layers[3]!] } as const;
    const { stdout } = await sandbox.run({ argv: ['sh', '-c', 'ls -d /file-* | wc -l; cat /number'], root });
    expect(stdout).toBe('100\n3');
  });
});

// What a step writes on a real overlay becomes a layer. Needs root.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { standardLentFiles, writeLentFiles } from '../../src/rootfs/buildTime.ts';
import { findInLayers, readLayers } from '../../src/rootfs/find.ts';
import { makeLayer } from '../../src/rootfs/layer.ts';
import { type ManifestEntry, parseManifest } from '../../src/rootfs/manifest.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/run.ts';
import { type LocalStore, openStore } from '../../src/store/local.ts';
import { removeTree } from '../../src/store/remove.ts';
import type { Digest, Store, TreeRef } from '../../src/store/types.ts';
import { openBuildTools } from '../helpers/buildTools.ts';
import { runDirectory } from '../helpers/lb.ts';
import { isRoot } from '../helpers/user.ts';

const epochSeconds = 1_700_000_000;

describe.runIf(isRoot)('makeLayer', () => {
  let tools: string;
  let sandbox: Sandbox;
  let base: string;
  let store: LocalStore;
  let withTools: Store;
  const toolsRef: TreeRef = { tree: '0'.repeat(64) as Digest };

  beforeAll(async () => {
    tools = await openBuildTools();
    sandbox = createSandbox(tools);
    base = await mkdtemp(runDirectory('layers-'));
    store = await openStore(join(base, 'store'));
    // The tools serve as the lowest layer, without a copy of them.
    withTools = {
      ...store,
      treePath: async (ref) => (ref.tree === toolsRef.tree ? tools : store.treePath(ref)),
      readManifest: async (ref) => (ref.tree === toolsRef.tree ? '' : store.readManifest(ref)),
    };
  });
  afterAll(async () => {
    await store.close();
    await removeTree(base);
  });

  const layerOf = (script: string, below: readonly TreeRef[] = []): Promise<TreeRef> =>
    store.withStaging(async (scratch) => {
      const layers = await readLayers(withTools, [toolsRef, ...below]);
      const lent = await writeLentFiles(join(scratch, 'lent'), standardLentFiles, layers);
      const options = { store: withTools, sandbox, scratch, epochSeconds, buildTimeLayer: lent.layer };
      return makeLayer({ ...options, below: [toolsRef, ...below] }, async ({ root }) => {
        await sandbox.run({ argv: ['sh', '-ec', script], root });
      });
    });

  const firstScript = `
    mkdir -p /tree/replaced /tree/kept
    echo one >/tree/file; echo gone >/tree/deleted
    echo old >/tree/replaced/old; echo old >/tree/kept/old
    ln /tree/file /tree/second-name
    ln -s file /tree/link
    mkfifo /tree/fifo
    cp /usr/bin/true /tree/suid; chmod 4755 /tree/suid
    touch -d @1000000000.5 /tree/old-time
    touch /tree/cap; setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 /tree/cap
    chown 12:34 /tree/old-time; chmod 600 /tree/old-time
    echo "$0" >"/tree/$(printf 'b\\\\ck \\342\\202\\254 \\360\\237\\222\\276')"; setfattr -n user.mark -v x /tree/*b*ck*
    chmod 4755 /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
  `;
  const secondScript = `
    rm /tree/deleted
    rm -r /tree/replaced; mkdir /tree/replaced; echo new >/tree/replaced/new
    echo new >/tree/kept/new
  `;
  const rowsOf = async (ref: TreeRef): Promise<Map<string, ManifestEntry>> =>
    new Map(parseManifest(await store.readManifest(ref)).map((entry) => [entry.path, entry]));

  test('keeps files, links, modes, owners, capabilities and pipes, and no lent file', async () => {
    const rows = await rowsOf(await layerOf(firstScript));
    expect([...rows.keys()].filter((path) => !path.includes('ck '))).toEqual([
      ...['.', 'tree', 'tree/cap', 'tree/deleted', 'tree/fifo', 'tree/file', 'tree/kept', 'tree/kept/old'],
      ...['tree/link', 'tree/old-time', 'tree/replaced', 'tree/replaced/old', 'tree/second-name', 'tree/suid'],
      ...['usr', 'usr/sbin'],
    ]);
    expect(rows.get('tree/fifo')).toMatchObject({ type: 'p', mode: 0o644 });
    expect(rows.get('tree/second-name')).toMatchObject({ type: 'f', content: '=tree/file' });
    expect(rows.get('tree/link')).toMatchObject({ type: 'l', content: 'file' });
    expect(rows.get('tree/suid')).toMatchObject({ type: 'f', mode: 0o4755 });
    expect(rows.get('tree/cap')).toMatchObject({
      xattrs: { 'security.capability': '0100000200200000000000000000000000000000' },
    });
    expect(rows.get('tree/old-time')).toMatchObject({ uid: 12, gid: 34, mode: 0o600, mtimeSeconds: 1_000_000_000 });
    expect(rows.get('tree/b\\ck € 💾')).toMatchObject({ xattrs: { 'user.mark': '78' } });
    const times = new Set([...rows].filter(([path]) => path !== 'tree/old-time').map(([, row]) => row.mtimeSeconds));
    expect([...times]).toEqual([epochSeconds]);
  });

  test('keeps what was deleted and replaced, so that it stays so', async () => {
    const first = await layerOf(firstScript);
    const second = await layerOf(secondScript, [first]);
    const rows = await rowsOf(second);
    expect(rows.get('tree/deleted')).toMatchObject({ type: 'w' });
    expect(rows.get('tree/replaced')?.xattrs).toEqual({ 'user.overlay.opaque': '79' });
    expect(rows.get('tree/kept')?.xattrs).toBeUndefined();
    const lower = [tools, await store.treePath(first), await store.treePath(second)];
    const root = { kind: 'overlay', lower } as const;
    const { stdout } = await sandbox.run({
      argv: ['sh', '-c', 'cd /tree; find . -type f -path "*/*/*" -o -name "de*"'],
      root,
    });
    expect(stdout.split('\n').toSorted()).toEqual(['./kept/new', './kept/old', './replaced/new']);
    const layers = await readLayers(withTools, [toolsRef, first, second]);
    expect(await findInLayers(layers, 'tree/replaced/old')).toBeUndefined();
    expect(await findInLayers(layers, 'tree/deleted')).toBeUndefined();
    expect(await findInLayers(layers, 'tree/kept/old')).toBe(join(lower[1]!, 'tree/kept/old'));
  });

  test('the same work gives the same tree', async () => {
    const first = await layerOf(firstScript);
    await delay(1100);
    expect(await layerOf(firstScript)).toEqual(first);
    expect(await layerOf(secondScript, [first])).toEqual(await layerOf(secondScript, [first]));
  });

  test('nothing written gives a layer of nothing', async () => {
    expect([...(await rowsOf(await layerOf('true'))).keys()]).toEqual(['.']);
  });

  test('the manifest says what is there', async () => {
    const first = await layerOf(firstScript);
    for (const ref of [first, await layerOf(secondScript, [first])]) {
      const directory = await store.treePath(ref);
      const found = execFileSync('find', [directory, '-printf', String.raw`%P\t%y\t%m\t%U\t%G\t%T@\t%s\0`], {
        encoding: 'utf8',
      });
      const rows = await rowsOf(ref);
      const told = found.split('\0').filter(Boolean);
      expect(told.length).toBe(rows.size);
      for (const line of told) {
        const [path = '', type, mode, uid, gid, time, size] = line.split('\t');
        const row = rows.get(path || '.');
        if (row === undefined) throw new Error(`${path} is not in the manifest`);
        expect([row.type === 'w' ? 'c' : row.type, row.mode.toString(8), row.uid, row.gid, row.mtimeSeconds]).toEqual([
          ...[type, mode, Number(uid), Number(gid), Number(time)],
        ]);
        if (row.type === 'f') {
          expect(row.sizeBytes).toBe(Number(size));
          const sum = execFileSync('sha256sum', ['-z', join(directory, path)], { encoding: 'utf8' }).slice(0, 64);
          expect((row.content.startsWith('=') ? rows.get(row.content.slice(1)) : row)?.content).toBe(sum);
        }
      }
    }
  });

  test('the directories of lent files keep the modes they have below', async () => {
    const first = await layerOf('chmod 700 /etc; mkdir -p /usr/sbin; chmod 2751 /usr/sbin; chgrp 50 /usr/sbin');
    const second = await rowsOf(await layerOf('touch /etc/file /usr/sbin/file', [first]));
    expect(second.get('etc')).toMatchObject({ mode: 0o700 });
    expect(second.get('usr/sbin')).toMatchObject({ mode: 0o2751, gid: 50 });
  });

  test('a change that fails keeps nothing', async () => {
    const before = readdirSync(join(store.root, 'trees')).length;
    await expect(layerOf('echo x >/file; exit 3')).rejects.toMatchObject({ code: 'PROGRAM_FAILED' });
    expect(readdirSync(join(store.root, 'trees')).length).toBe(before);
  });
});

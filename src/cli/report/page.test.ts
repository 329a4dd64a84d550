import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../../test/helpers/tempDirectory.ts';
import { escapeHtml, html } from './html.ts';
import { goodVerdict, sampleRun, tried } from './sample.testing.ts';
import type { TestRun } from './types.ts';
import { toLines, writeReport } from './write.ts';

async function pageOf(run: TestRun): Promise<string> {
  return readFile(await writeReport(await tempDirectory(), run), 'utf8');
}

/** The page's words, without tags. */
function textOf(page: string): string {
  return page
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

test('a run that passed says so, with times, facts, image and machine', async () => {
  const text = textOf(await pageOf(sampleRun()));
  expect(text).toContain('Boot test · 2026-11-24 06:40 UTC');
  expect(text).toContain('✓ The boot passed.');
  expect(text).toContain('✓ passed BIOS, as a CD 4.2 16 96 Login prompt after 96 s; 2 checks passed.');
  expect(text).toContain(
    'BIOS, as a USB disk, encrypted persistence its system lacks the package cryptsetup-initramfs',
  );
  expect(text).toContain('359 MB (358612992 bytes)');
  expect(text).toContain('0123456789abcdef'.repeat(4));
  expect(text).toContain('QEMU 10.0.2');
  expect(text).toContain('Root file system overlay on a SquashFS');
  expect(text).toContain('emulated (TCG): A probe guest hung under KVM.');
  expect(text).toContain('20-packages.test exit code 0, 2.3 s no output');
});

test('a run in which something failed says how much', async () => {
  const failed = { ...goodVerdict, verdict: 'failed', outcome: 'panic', summary: 'The kernel panicked: x.' } as const;
  const page = await pageOf(sampleRun({ tried: [tried('bios-cd', goodVerdict), tried('uefi-cd', failed)] }));
  expect(textOf(page)).toContain('✗ 1 of 2 boots failed.');
  expect(textOf(page)).toContain('How it ended kernel panic');
});

test('two power-ons have a section each', async () => {
  const verdict = {
    ...goodVerdict,
    shown: 'It is there.',
    earlier: [{ ...goodVerdict, summary: 'A file was written.' }],
  };
  const text = textOf(await pageOf(sampleRun({ tried: [tried('bios-persistence', verdict)] })));
  expect(text).toMatch(/First boot ✓ passed A file was written\..*Second boot ✓ passed/);
});

test('pictures and consoles are in the page, which needs nothing from elsewhere', async () => {
  const directory = await tempDirectory();
  await mkdir(directory, { recursive: true });
  const files = {
    menu: join(directory, 'menu.png'),
    end: join(directory, 'gone.png'),
    serial: join(directory, 's.log'),
  };
  await writeFile(files.menu, 'PNG');
  const lines = Array.from({ length: 250 }, (_, index) => `line ${index}`);
  await writeFile(files.serial, `\u001b[1m${lines.join('\r\n')}\u001b[0m\r\n`);
  const screenshots = { menu: files.menu, end: files.end };
  const page = await pageOf(
    sampleRun({ tried: [tried('bios-cd', { ...goodVerdict, screenshots, serialLog: files.serial })] }),
  );
  expect(page).toContain(
    `<img src="data:image/png;base64,${Buffer.from('PNG').toString('base64')}" alt="The boot menu">`,
  );
  expect(page).not.toContain('The screen at the end');
  expect(page).toMatch(/<details><summary>50 lines before these<\/summary><pre>line 0\n/);
  expect(page).toContain('<pre class="serial">line 50\n');
  expect(page).not.toMatch(/<script|<link|url\(|@import|https?:/);
  expect(
    [...page.matchAll(/(?:src|href)="([^"]*)"/g)].filter(([, target]) => !/^(?:data:image\/png;|#)/.test(target!)),
  ).toEqual([]);
});

const hostile = `</pre></style><script>alert("1")</script><img src=x onerror='x'>&amp;\u0000\u202e`;

test('what a guest, a file name or a check says stays text', async () => {
  const directory = await tempDirectory();
  const serialLog = join(directory, 's.log');
  await writeFile(serialLog, hostile);
  const verdict = {
    ...goodVerdict,
    verdict: 'failed',
    summary: hostile,
    failedUnits: [hostile],
    facts: { ...goodVerdict.facts, system: hostile, commandLine: hostile },
    checks: [{ name: hostile, exitCode: 1, output: hostile, omittedBytes: 3, durationMs: 1 }],
    qemuVersion: hostile,
    serialLog,
  } as const;
  const run = sampleRun();
  const image = { ...run.images[0]!, path: `/build/${hostile.replaceAll('/', '')}` };
  const page = await pageOf({
    ...run,
    images: [image],
    tried: [tried('bios-cd', verdict, { image, name: hostile, title: hostile })],
  });
  const tags = [...page.matchAll(/<\/?([a-z0-9!]+)/gi)].map(([, name]) => name!.toLowerCase());
  expect(tags).not.toContain('script');
  expect(page.match(/<img/g)).toBeNull();
  expect(page.match(/<\/style>/g)).toHaveLength(1);
  expect(page.match(/<pre/g)?.length).toBe(page.match(/<\/pre>/g)?.length);
  expect(page).not.toMatch(/[\u0000\u202e]/);
});

test('only markup of ours is markup', () => {
  expect(html`<b title="${'"<'}">${['a<', html`<i>${'&'}</i>`, undefined, 3]}</b>`.text).toBe(
    '<b title="&quot;&lt;">a&lt;<i>&amp;</i>3</b>',
  );
  expect(escapeHtml('\ud800 \ud83d\ude00')).toBe('\ufffd \ud83d\ude00');
});

test('a line that was written over counts as its last version', () => {
  const star = (seconds: number) => `[  *** ] (1 of 2) Job x.service/start running (${seconds}s / no limit)`;
  expect(toLines(`a\r\n${star(1)}\r\n${star(2)}\r\nb\r\n${star(3)}`)).toEqual(['a', star(2), 'b', star(3)]);
  expect(toLines('one\r\n10 %\r50 %\r100 %\r\r\nthree\r\n\r\n')).toEqual(['one', '100 %', 'three']);
});

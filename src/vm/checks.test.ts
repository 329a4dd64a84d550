import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { openChannel } from './channel.ts';
import { type CheckResult, type GuestCheck, objectToChecks, readLimit, runChecks } from './checks.ts';
import { followConsole } from './console.ts';
import { receiverScript } from './receiver.ts';

/** A stream of which the test is the other end: what is written goes to `hear`, what `hear` returns comes back. */
function otherEnd(hear: (text: string) => string | undefined): Duplex {
  const stream: Duplex = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      const answer = hear(String(chunk));
      if (answer !== undefined) stream.push(answer);
      done();
    },
  });
  return stream;
}

interface FakeGuest {
  /** What the virtio port says to a check, by its name in the protocol. */
  readonly answers: Readonly<Record<string, string>>;
  readonly ready?: string;
}

/** A shell that has taken the receiver, and a port that answers as told. */
async function runWith({ answers, ready = 'ready 0\n' }: FakeGuest, checks: readonly GuestCheck[]) {
  const asked: string[] = [];
  const port = otherEnd((text) => {
    asked.push(text);
    return answers[/^run (\S+)/.exec(text)?.[1] ?? ''];
  });
  let length = 0;
  const tty = otherEnd((text) => {
    length += /^printf %s (\S+)/.exec(text)?.[1]?.length ?? 0;
    const name = /^ask (\S+)/.exec(text)?.[1];
    if (name === 'receiver') port.push(ready);
    const said = Buffer.from(name === 'length' ? String(length) : 'started').toString('base64');
    return name && `\n@${name}:${said.length}:${said}@\n`;
  });
  const console = followConsole(tty, join(await tempDirectory(), 'log'));
  const results = await runChecks(console, openChannel(port), {
    checks,
    environment: { LW_BOOT: 'bios-cd' },
    graceMs: 200,
  });
  await console.close();
  return { results, asked };
}

function check(name: string, content = '#!/bin/sh\nexit 0\n', limitSeconds = 1): GuestCheck {
  return { name, content: Buffer.from(content), limitSeconds };
}

function answer(id: string, code: number, output: string, size = output.length): string {
  const text = Buffer.from(output).toString('base64');
  return `@${id} ${code} ${size} ${text.length} ${text}@\n`;
}

test('exit codes and output come back in order', async () => {
  const answers = { 'check-0': answer('check-0', 0, 'fine\n'), 'check-1': answer('check-1', 3, 'äh\n', 70_000) };
  const { results, asked } = await runWith({ answers }, [check('10-a.test'), check('20-b.test')]);
  expect(results).toMatchObject([
    { name: '10-a.test', exitCode: 0, output: 'fine\n', omittedBytes: 0 },
    { name: '20-b.test', exitCode: 3, output: 'äh\n', omittedBytes: 70_000 - 4 },
  ]);
  expect(asked[0]).toBe(`run check-0 1\n${Buffer.from('#!/bin/sh\nexit 0\n').toString('base64')}\n.\n`);
});

test('an answer in pieces is one answer', async () => {
  const port = otherEnd(() => undefined);
  const pieces = openChannel(port);
  const waiting = pieces.take(/@a (\d+)@/, { timeoutMs: 1000 });
  for (const piece of ['noise@a 1', '2', '@rest']) port.push(piece);
  expect((await waiting)?.[1]).toBe('12');
  expect((await pieces.take(/rest/, { timeoutMs: 1000 }))?.[0]).toBe('rest');
});

test('a guest that stops answering is asked no more', async () => {
  const { results, asked } = await runWith({ answers: {} }, [check('a.test', '', 0.01), check('b.test', '', 0.01)]);
  expect(results.map(({ exitCode, problem }) => [exitCode, problem])).toEqual([
    [null, 'the guest did not answer.'],
    [null, 'the guest did not answer.'],
  ]);
  expect(asked).toHaveLength(1);
});

test.each([
  ['ready 1000\n', 'nobody could become root in the guest.'],
  ['', 'the guest did not open the virtio port.'],
])('a receiver that says %j runs nothing', async (ready, problem) => {
  const { results } = await runWith({ answers: {}, ready }, [check('a.test')]);
  expect(results).toMatchObject([{ exitCode: null, problem }]);
});

test('an answer of which a part is missing is not believed', async () => {
  const cut = answer('check-0', 0, 'all is well').replace(/.{4}@/, '@');
  const { results } = await runWith({ answers: { 'check-0': cut } }, [check('a.test')]);
  expect(results).toMatchObject([{ exitCode: null, problem: 'the answer was cut off.' }]);
});

const passed: CheckResult = { name: 'a.test', exitCode: 0, output: '', omittedBytes: 0, durationMs: 1 };

test.each<[string, CheckResult[], string | undefined]>([
  ['none', [], undefined],
  ['all passed', [passed, passed], undefined],
  ['one failed', [passed, { ...passed, exitCode: 2 }], 'Check a.test failed with exit code 2.'],
  [
    'several failed',
    [
      { ...passed, exitCode: null, problem: 'it did not end within 5 s.' },
      { ...passed, exitCode: 1 },
    ],
    'Check a.test failed (and 1 more): it did not end within 5 s.',
  ],
])('%s', (_, results, sentence) => expect(objectToChecks(results)).toBe(sentence));

test.each([
  ['#!/bin/sh\n# timeout: 60\n', 60],
  ['#!/usr/bin/env node\n// timeout: 5\n', 5],
  ['#!/bin/sh\necho "# timeout: 60"\n', 120],
  ['#!/bin/sh\n# timeout: 0\n', 120],
  ['\u0000\u0001binary', 120],
])('%j has %i s', (content, seconds) => expect(readLimit(Buffer.from(content))).toBe(seconds));

test('the receiver is sh that can be read, whatever the environment says', () => {
  const script = receiverScript({ LW_BOOT: "it's $HOME" });
  expect(() => execFileSync('sh', ['-n'], { input: script })).not.toThrow();
  const shown = execFileSync('sh', { input: `${script.split('port=;')[0]}printf %s "$LW_BOOT"` });
  expect(String(shown)).toBe("it's $HOME");
});

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { obsoleteOptions } from '../../src/config/options/obsolete.ts';
import { optionNames, rowOf } from '../../src/config/options.ts';

const manual = fileURLToPath(new URL('../../docs/man/', import.meta.url));
const pages = readdirSync(manual);

function show(page: string): string {
  const { stdout } = spawnSync('man', ['-l', join(manual, page)], {
    encoding: 'utf8',
    env: { ...process.env, MANWIDTH: '500', LC_ALL: 'C.UTF-8', MAN_KEEP_FORMATTING: '' },
  });
  return stdout;
}

test('there is a page for each command that help lists', () => {
  const listed = commands.filter(({ group }) => String(group) !== 'Parts');
  expect(pages.sort()).toEqual(['lb.1', ...listed.map(({ name }) => `lb_${name}.1`)].sort());
});

test.each(pages)('%s: groff and mandoc find nothing wrong', (page) => {
  const path = join(manual, page);
  const groff = spawnSync('man', ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', path], { encoding: 'utf8' });
  expect({ status: groff.status, stderr: groff.stderr }).toEqual({ status: 0, stderr: '' });
  const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', path], { encoding: 'utf8' });
  // A page has the version; a date would make the file differ from day to day.
  expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([]);
});

test('lb_config(1) has every option, and every one of earlier days', () => {
  const text = show('lb_config.1');
  const names = [...optionNames.map(rowOf), ...obsoleteOptions].flatMap(({ long }) =>
    long === undefined ? [] : [long],
  );
  expect(names.length).toBeGreaterThan(150);
  expect(names.filter((name) => !new RegExp(`(^|\\s)--${name}(=|,|$)`, 'm').test(text))).toEqual([]);
});

test('what means something to roff is shown as it is', () => {
  expect(show('lb.1')).toContain('Variables for every lb in this directory.');
  expect(readFileSync(join(manual, 'lb.1'), 'utf8')).not.toMatch(/[^\x20-\x7e\n]/);
  expect(show('lb.1')).toMatch(/^ +\.build\/livewright\/$/m);
});

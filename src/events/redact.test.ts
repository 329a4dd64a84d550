import { expect, test } from 'vitest';
import { redactCredentials, redactEvent } from './redact.ts';

test.each([
  ['Get http://anna:s3cret@mirror.example/debian now', 'Get http://***@mirror.example/debian now'],
  ['https://token@mirror.example/ and ftp://a:b@c/', 'https://***@mirror.example/ and ftp://***@c/'],
  ['http://mirror.example/pool/a@b.deb', 'http://mirror.example/pool/a@b.deb'],
  ['getty@tty1.service', 'getty@tty1.service'],
  ['http://mirror.example/', 'http://mirror.example/'],
])('%s', (text, expected) => expect(redactCredentials(text)).toBe(expected));

test('an event is redacted in all its depth and keeps its form', () => {
  const event = {
    type: 'build-failed',
    durationMs: 1,
    error: { code: 'MIRROR_UNREACHABLE', message: 'No "x".', data: { urls: ['http://a:"b@mirror.example/'] } },
  } as const;
  expect(
    redactEvent({ ...event, error: { ...event.error, message: 'http://a:b@mirror.example/ is "dead".' } }),
  ).toEqual({
    ...event,
    error: { ...event.error, message: 'http://***@mirror.example/ is "dead".' },
  });
});

test('an event without addresses is the same object', () => {
  const event = { type: 'note', message: 'root@debian' } as const;
  expect(redactEvent(event)).toBe(event);
});

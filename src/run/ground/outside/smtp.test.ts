import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { openLoopback } from './loopback.testing.ts';

const world = await openLoopback();
afterAll(() => world.outside.close());

/** Says the lines one after the other, each after the answer to the one before; the codes of the answers. */
async function talk(socket: Socket, lines: readonly string[], greeted = true): Promise<string[]> {
  const codes: string[] = [];
  let rest = '';
  let next: (() => void) | null = null;
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    rest += chunk;
    if (/(^|\n)\d{3} [^\n]*\n$/.test(rest)) next?.();
  });
  socket.on('close', () => next?.());
  socket.on('error', () => next?.());
  const answer = async () => {
    if (rest === '' && !socket.destroyed) await new Promise<void>((resolve) => (next = resolve));
    codes.push(/(?:^|\n)(\d{3}) [^\n]*\n$/.exec(rest)?.[1] ?? 'gone');
    rest = '';
  };
  if (greeted) await answer();
  for (const line of lines) {
    socket.write(`${line}\r\n`);
    await answer();
  }
  return codes;
}

const letter = [
  'MAIL FROM:<me@x.test>',
  'RCPT TO:<you@x.test>',
  'DATA',
  'Subject: Hi\r\nFrom: Me <me@x.test>\r\n\r\nYour code: 123456\r\n..dot\r\n.',
];

test('takes a message with any credentials', async () => {
  const socket = connect(world.ports.smtp, '127.0.0.1');
  const login = ['EHLO me', 'AUTH LOGIN', 'dQ==', 'cA==', 'AUTH PLAIN AHUAcA==', 'AUTH CRAM-MD5', 'eA=='];
  const codes = await talk(socket, [...login, ...letter, 'RSET', 'NOOP', 'BDAT 1', 'QUIT']);
  expect(codes.join(' ')).toBe('220 250 334 334 235 235 334 235 250 250 354 250 250 250 502 221');
  const [mail] = world.outside.mails(0);
  expect(mail).toMatchObject({
    via: 'smtp',
    from: 'me@x.test',
    to: ['you@x.test'],
    subject: 'Hi',
    text: 'Your code: 123456\n.dot',
    codes: ['123456'],
  });
  expect(world.outside.since(0)).toMatchObject([
    { seq: mail?.seq, protocol: 'smtp', kind: 'mail', method: 'MAIL', status: 250, end: 'answered' },
  ]);
});

test('STARTTLS, and TLS from the start', async () => {
  const plain = connect(world.ports.smtp, '127.0.0.1');
  expect(await talk(plain, ['EHLO me', 'STARTTLS'])).toEqual(['220', '250', '220']);
  plain.removeAllListeners('data');
  const upgraded = connectTls({ socket: plain, servername: 'smtp.x.test', rejectUnauthorized: false });
  expect(await talk(upgraded, ['EHLO me', ...letter, 'QUIT'], false)).toEqual(['250', '250', '250', '354', '250', '221']);
  const secure = connectTls({ host: '127.0.0.1', port: world.ports.smtps, servername: 'mail.x.test', rejectUnauthorized: false });
  expect((await talk(secure, ['EHLO me', ...letter, 'QUIT'])).at(-2)).toBe('250');
  expect(world.outside.since(1).map((row) => row.host)).toEqual(['smtp.x.test', 'mail.x.test']);
});

test('rules: refused, lied about, cut, kept from being sent', async () => {
  const before = world.outside.mails(0).length;
  const send = () => talk(connect(world.ports.smtp, '127.0.0.1'), ['EHLO me', ...letter]);
  const under = async (does: Parameters<typeof world.outside.add>[0]['does']) => {
    const id = world.outside.add({ match: { kind: 'mail' }, does });
    const codes = await send();
    world.outside.remove(id);
    return codes;
  };
  expect((await under({ do: 'answer', status: 451 })).at(-1)).toBe('451');
  expect((await under({ do: 'lie' })).at(-1)).toBe('250');
  expect((await under({ do: 'reset' })).slice(2)).toEqual(['gone', 'gone', 'gone', 'gone']);
  expect(world.outside.mails(0)).toHaveLength(before);
  expect((await under({ do: 'lose' })).at(-1)).toBe('gone');
  expect(world.outside.mails(0)).toHaveLength(before + 1);
});

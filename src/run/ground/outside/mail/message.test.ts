import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addresses, codesIn, linksIn, parseMessage } from './message.ts';

const crlf = (lines: readonly string[]) => Buffer.from(lines.join('\r\n'), 'utf8').toString('latin1');

test('reads a message with parts, encodings and an attachment', () => {
  const raw = crlf([
    'From: =?UTF-8?Q?J=C3=B6rg?= <joerg@outside.test>',
    'To: "Last, First" <first@outside.test>,',
    ' second@outside.test',
    'Subject: =?utf-8?B?R3LDvMOf?= =?utf-8?B?ZQ==?=',
    'Content-Type: multipart/mixed; boundary="a"',
    '',
    'a preamble',
    '--a',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Gr=C3=BC=C3=9Fe, a long =',
    'line',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('<a href="https://x.test/?a=1&amp;b=2">go</a>').toString('base64'),
    '--b--',
    '--a',
    'Content-Disposition: attachment; filename=a.txt',
    'Content-Type: text/plain',
    '',
    'attached',
    '--a--',
  ]);
  expect(parseMessage(raw, ['hidden@outside.test'])).toMatchObject({
    from: 'joerg@outside.test',
    to: ['first@outside.test', 'second@outside.test', 'hidden@outside.test'],
    subject: 'Grüße',
    text: 'Grüße, a long line',
    html: '<a href="https://x.test/?a=1&amp;b=2">go</a>',
  });
});

test('never fails, whatever it is given', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (noise) => {
      const raw = `Content-Type: multipart/mixed; boundary=x\r\nSubject: =?${noise}?B?${noise}?=\r\n\r\n--x\r\n${noise}\r\n--x--`;
      const mail = parseMessage(raw);
      linksIn(mail);
      codesIn(mail);
      addresses(noise);
    }),
  );
});

test('links of text and HTML, each once', () => {
  const text = 'See https://x.test/verify?token=a_b. Or (https://x.test/other).';
  const html = `<a href='https://x.test/verify?token=a_b'>a</a> <a href="mailto:a@b.test">b</a> <a href="https://x.test/?a=1&#38;b=2">c</a>`;
  expect(linksIn({ text, html })).toEqual(['https://x.test/verify?token=a_b', 'https://x.test/?a=1&b=2', 'https://x.test/other']);
});

test.each([
  ['Your verification code is 482913.', '', ['482913']],
  ['Use 123-456 to confirm.', '', ['123456']],
  ['Code: AB12CD34\n\n© 2024 Acme, 10115 Berlin', '', ['AB12CD34']],
  ['', '<style>p{color:#123456}</style><p>Hello</p><table><tr><td>907 112</td></tr></table>', ['907112']],
  ['Your order 88213 of $1500.00 ships to 10115 Berlin in 2025.', '', []],
  ['Your code: https://x.test/verify/123456', '', []],
  ['It ends in 3000 seconds. Your one-time code is 5521.', '', ['5521', '3000']],
])('codes in %j %j', (text, html, codes) => {
  expect(codesIn({ subject: '', text, html })).toEqual(codes);
});

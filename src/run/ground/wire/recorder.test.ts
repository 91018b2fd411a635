import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Framer, MalformedStream, type Message } from './framer.ts';
import { message } from './messages.ts';
import { Recorder } from './recorder.ts';
import { splitStatements } from './split.ts';
import type { Statement } from './types.ts';

const z = (text: string) => Buffer.from(`${text}\0`);
const short = (n: number) => Buffer.from([n >> 8, n & 255]);
const ready = (state: string) => message('Z', Buffer.from(state));
/** Parse, Bind and Execute of a statement, without Sync. */
const executed = (text: string, name = '') =>
  Buffer.concat([
    message('P', z(name), z(text), short(0)),
    message('B', z(''), z(name), short(0), short(0), short(0)),
    message('E', z(''), Buffer.alloc(4)),
  ]);

function record(steps: [from: 'app' | 'postgres', bytes: Buffer][]): Statement[] {
  const told: Statement[] = [];
  let seq = 0;
  const recorder = new Recorder({
    connection: 1,
    maxRows: 10,
    maxCell: 100,
    current: () => null,
    nextSeq: () => ++seq,
    emit: (one) => told.push(one),
  });
  for (const [from, bytes] of [['postgres', ready('I')] as const, ...steps]) {
    const framer = new Framer(() => 1e6);
    framer.push(bytes);
    for (let found: Message | null = framer.next(); found !== null; found = framer.next()) recorder[from](found);
  }
  return told;
}

test('a pipeline in which the second statement fails tells two statements and skips the third', () => {
  const run = (name: string) => executed(`select ${name}`, name);
  const told = record([
    ['app', Buffer.concat([run('a'), run('b'), run('c'), message('S')])],
    ['postgres', Buffer.concat([message('1'), message('2'), message('C', z('SELECT 1'))])],
    ['postgres', Buffer.concat([message('1'), message('2'), message('E', z('C22012'), z('Mdivision'), Buffer.alloc(1)), ready('I')])],
    ['app', Buffer.concat([run('d'), message('S')])],
    ['postgres', Buffer.concat([message('1'), message('2'), message('C', z('SELECT 4')), ready('I')])],
  ]);
  expect(told.map((one) => [one.text, one.tag, one.error?.code ?? null])).toEqual([
    ['select a', 'SELECT 1', null],
    ['select b', null, '22012'],
    ['select d', 'SELECT 4', null],
  ]);
});

test('after an error Postgres hears nothing until Sync, not even what is sent later', () => {
  const told = record([
    ['app', Buffer.concat([executed('bad'), message('H')])],
    ['postgres', message('E', z('C42601'), z('Msyntax'), Buffer.alloc(1))],
    ['app', Buffer.concat([executed('unheard'), message('S'), executed('heard'), message('S')])],
    ['postgres', Buffer.concat([ready('I'), message('1'), message('2'), message('C', z('SELECT 0')), ready('I')])],
  ]);
  expect(told.map((one) => [one.text, one.error?.code ?? one.tag])).toEqual([
    ['bad', '42601'],
    ['heard', 'SELECT 0'],
  ]);
});

test('what Postgres will not hear is no candidate for a rule and is not awaited', () => {
  const recorder = new Recorder({ connection: 1, maxRows: 10, maxCell: 100, current: () => null, nextSeq: () => 1, emit: () => {} });
  const feed = (from: 'app' | 'postgres', bytes: Buffer): Message => {
    const framer = new Framer(() => 1e6);
    framer.push(bytes);
    const found = framer.next();
    if (found === null) throw new Error('not a whole message');
    recorder[from](found);
    return found;
  };
  const parse = () => feed('app', message('P', z(''), z('select 1'), short(0)));
  const bind = () => feed('app', message('B', z(''), z(''), short(0), short(0), short(0)));
  const execute = () => feed('app', message('E', z(''), Buffer.alloc(4)));
  parse();
  bind();
  expect(recorder.candidate(execute())?.text).toBe('select 1');
  expect(recorder.open).toBe(1);
  feed('postgres', message('E', z('C42601'), z('Msyntax'), Buffer.alloc(1)));
  parse();
  bind();
  expect(recorder.candidate(execute())).toBeNull();
  expect(recorder.open).toBe(0);
});

test('a Sync sent before Postgres asked for COPY data is never answered', () => {
  const run = (text: string) => Buffer.concat([executed(text), message('S')]);
  const told = record([
    ['app', run('copy t from stdin')],
    ['postgres', Buffer.concat([message('1'), message('2'), message('G', Buffer.alloc(3))])],
    ['app', Buffer.concat([message('d', z('1')), message('c'), message('S')])],
    ['postgres', Buffer.concat([message('C', z('COPY 1')), ready('I')])],
    ['app', run('select 1')],
    ['postgres', Buffer.concat([message('1'), message('2'), message('C', z('SELECT 1')), ready('I')])],
  ]);
  expect(told.map((one) => [one.text, one.tag])).toEqual([
    ['copy t from stdin', 'COPY 1'],
    ['select 1', 'SELECT 1'],
  ]);
});

test('a simple query of several statements tells each with its own text and state', () => {
  const told = record([
    ['app', message('Q', z("begin; select ';' ; rollback to a; commit"))],
    [
      'postgres',
      Buffer.concat([
        message('C', z('BEGIN')),
        message('C', z('SELECT 0')),
        message('C', z('ROLLBACK')),
        message('C', z('COMMIT')),
        ready('I'),
      ]),
    ],
  ]);
  expect(told.map((one) => [one.text, one.transaction])).toEqual([
    ['begin', 'open'],
    ["select ';'", 'open'],
    ['rollback to a', 'open'],
    ['commit', 'idle'],
  ]);
});

test('garbage from either side is refused as malformed or ignored, never anything else', () => {
  const step = fc.tuple(
    fc.constantFrom('app' as const, 'postgres' as const),
    fc.integer({ min: 0x31, max: 0x7a }),
    fc.uint8Array({ maxLength: 60 }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      try {
        record(steps.map(([from, type, body]) => [from, message(String.fromCharCode(type), Buffer.from(body))]));
      } catch (error) {
        if (!(error instanceof MalformedStream)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

test('statements are split as the lexer of Postgres would', () => {
  expect(splitStatements("a ; b';' ; E'\\';' ; $$;$$ ; $x$ ; $$ $x$ ; \"q;\" ; /* ; /* ; */ ; */ ; -- ;\nc ; a$1;b")).toEqual([
    'a',
    "b';'",
    "E'\\';'",
    '$$;$$',
    '$x$ ; $$ $x$',
    '"q;"',
    '-- ;\nc',
    'a$1',
    'b',
  ]);
});

test('splitting what was joined gives the parts back', () => {
  const part = fc.constantFrom(
    'select 1',
    "select 'a;b'",
    'select $q$;$q$',
    'select "a;b" /* x; */',
    "select e'\\';'",
    'update t set a$b = 1',
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1 }), (parts) => {
      expect(splitStatements(parts.join(';'))).toEqual(parts);
    }),
  );
});

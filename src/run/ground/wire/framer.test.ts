import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Framer, MalformedStream } from './framer.ts';
import { message } from './messages.ts';

const messages = fc.array(fc.record({ type: fc.integer({ min: 0x21, max: 0x7e }), body: fc.uint8Array({ maxLength: 300 }) }), {
  maxLength: 30,
});

/** Cuts a buffer at the given places, in chunks of at least one byte. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

test('any split of a stream gives the same messages at the same positions', () => {
  fc.assert(
    fc.property(
      messages,
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 0, max: 350 }),
      (sent, sizes, keep) => {
        const framer = new Framer(() => keep);
        const got: { type: number; body: string; length: number }[] = [];
        let position = 0;
        for (const chunk of cut(
          Buffer.concat(sent.map(({ type, body }) => message(String.fromCharCode(type), Buffer.from(body)))),
          sizes,
        )) {
          framer.push(chunk);
          for (let found = framer.next(); found !== null; found = framer.next()) {
            expect(found.start).toBe(position);
            expect(found.end).toBe(position + 5 + found.length);
            position = found.end;
            got.push({ type: found.type, body: found.body.toString('hex'), length: found.length });
            expect(framer.boundary).toBe(position);
          }
        }
        expect(got).toEqual(
          sent.map(({ type, body }) => ({ type, body: Buffer.from(body.subarray(0, keep)).toString('hex'), length: body.length })),
        );
        expect(framer.partial).toBe(-1);
      },
    ),
  );
});

test('a length below four is malformed, and a huge one costs no memory', () => {
  const short = new Framer(() => 100);
  short.push(Buffer.from([0x51, 0, 0, 0, 3]));
  expect(() => short.next()).toThrow(MalformedStream);
  const negative = new Framer(() => 100);
  negative.push(Buffer.from([0x51, 0xff, 0xff, 0xff, 0xff]));
  expect(() => negative.next()).toThrow(MalformedStream);
  const huge = new Framer(() => 100);
  huge.push(Buffer.from([0x51, 0x7f, 0xff, 0xff, 0xff]));
  expect(huge.next()).toBeNull();
  expect(huge.partial).toBe(0x51);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { markReader, markType } from './marks.ts';
import { message } from './messages.ts';

const markBytes = (text: string): Buffer => {
  const head = Buffer.alloc(5, markType);
  head.writeInt32BE(4 + text.length, 1);
  return Buffer.concat([head, Buffer.from(text, 'latin1')]);
};

const part = fc.oneof(
  fc.record({ kind: fc.constant('message' as const), body: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({ kind: fc.constant('mark' as const), text: fc.stringMatching(/^[\w.:?]{0,30}$/) }),
);

it('takes marks out however the stream is cut, and says before which byte each stood', () => {
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 }),
      (parts, cuts) => {
        const sent = Buffer.concat(parts.map((one) => (one.kind === 'mark' ? markBytes(one.text) : message('B', Buffer.from(one.body)))));
        const clean = Buffer.concat(parts.map((one) => (one.kind === 'mark' ? Buffer.alloc(0) : message('B', Buffer.from(one.body)))));
        const expected: { at: number; mark: string }[] = [];
        let at = 0;
        for (const one of parts) {
          if (one.kind === 'mark') expected.push({ at, mark: one.text });
          else at += 5 + one.body.length;
        }
        const read = markReader();
        const got: Buffer[] = [];
        const marks: { at: number; mark: string }[] = [];
        let position = 0;
        for (let from = 0, turn = 0; from < sent.length; turn++) {
          const size = cuts[turn % cuts.length] ?? 1;
          for (const { mark, bytes } of read(sent.subarray(from, from + size))) {
            if (mark !== null) marks.push({ at: position, mark });
            got.push(bytes);
            position += bytes.length;
          }
          from += size;
        }
        expect(Buffer.concat(got)).toEqual(clean);
        expect(marks).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});

it('lets bytes pass as they are where they cannot be messages', () => {
  const read = markReader();
  const nonsense = Buffer.from([markType, 0, 0, 0, 1, 9, 9, 9]);
  expect(Buffer.concat(read(nonsense).map(({ bytes }) => bytes))).toEqual(nonsense);
  expect(read(markBytes('later')).map(({ mark }) => mark)).toEqual([null]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, parseCanonical } from './canonical.ts';

describe('canonical JSON', () => {
  it('gives what RFC 8785 gives (sections 3.2.2 to 3.2.4)', () => {
    const value: unknown = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    );
    expect(canonical(value).toString()).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    const names = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.values(JSON.parse(canonical(names).toString()) as object)).toHaveLength(7);
    expect(
      [
        ...canonical(names)
          .toString()
          .matchAll(/:"([^"]*)"/g),
      ].map((match) => match[1]),
    ).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it('writes the numbers of appendix B', () => {
    const samples: [bits: string, text: string][] = [
      ['0000000000000000', '0'],
      ['8000000000000000', '0'],
      ['0000000000000001', '5e-324'],
      ['7fefffffffffffff', '1.7976931348623157e+308'],
      ['4340000000000000', '9007199254740992'],
      ['44b52d02c7e14af5', '9.999999999999997e+22'],
      ['444b1ae4d6e2ef4e', '999999999999999700000'],
      ['3eb0c6f7a0b5ed8d', '0.000001'],
      ['41b3de4355555553', '333333333.3333332'],
      ['becbf647612f3696', '-0.0000033333333333333333'],
      ['43143ff3c1cb0959', '1424953923781206.2'],
    ];
    for (const [bits, text] of samples) expect(canonical(Buffer.from(bits, 'hex').readDoubleBE()).toString()).toBe(text);
    for (const number of [NaN, Infinity]) expect(() => canonical(number)).toThrow();
    expect(() => canonical('\ud800')).toThrow();
  });

  it('is read back as it was, and refused in any other form', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const bytes = canonical(value);
        expect(canonical(parseCanonical(bytes))).toEqual(bytes);
      }),
    );
    for (const text of ['{ "a":1}', '{"b":1,"a":2}', '{"a":1,"a":1}', '1.0', '"\\u0041"', '{}\n', '\ufeff{}', '', '[1', '-0'])
      expect(parseCanonical(Buffer.from(text)), text).toBeUndefined();
    expect(parseCanonical(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
  });
});

import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditState, EntryPayload } from '../model/checkpoint.ts';
import { nextEntry, readChain } from './chain.ts';
import type { ChainFile } from './chain.ts';
import { opened, sealed } from './dsse.ts';
import { plainHand } from './hand.ts';
import { oldFiles, oldHead, oldSigners, then, verifiedAs } from './testdata/files.ts';

const handOf = () => plainHand(generateKeyPairSync('ed25519').privateKey);
const stranger = handOf();
const at = <T>(list: readonly T[], index: number): T => {
  const found = list.at(index);
  if (found === undefined) throw new Error('there is no such thing');
  return found;
};
const replaced = (index: number, bytes: Buffer): ChainFile[] => oldFiles.map((file, one) => (one === index ? { ...file, bytes } : file));
const payloadOf = ({ bytes }: ChainFile): EntryPayload => {
  const found = opened(bytes);
  if (found.wrong !== undefined) throw new Error(found.wrong);
  return found.payload as EntryPayload;
};
const auditOf = (file: ChainFile): AuditState => {
  const payload = payloadOf(file);
  if (payload.kind !== 'checkpoint') throw new Error('no checkpoint');
  return payload.audit;
};

describe('a chain that an earlier version wrote', () => {
  it('is still valid', () => {
    const found = verifiedAs(oldFiles, { kept: oldHead });
    expect(found).toMatchObject({ state: 'valid', entries: 6, head: oldHead, faults: [], strangers: [], code: { compared: false } });
    expect(found.signOffs.map(({ by }) => by)).toEqual(['Bo Ray', 'Cy Fox', 'Di Ash']);
  });

  it('names no file of the application', () => {
    const all = oldFiles
      .map((file) => JSON.stringify(payloadOf(file)))
      .join('\n')
      .replaceAll('seaworthy.json', '');
    expect(all).not.toMatch(/[\w-]+\.(ts|tsx|js|sql|json|html|ya?ml)\b/);
  });
});

describe('a chain that was tampered with', () => {
  const file = fc.nat(oldFiles.length - 1);
  const bytesOf = (index: number): Buffer => at(oldFiles, index).bytes;
  // Most bytes are the payload's; the few of the envelope and the signature are as often tried.
  const place = fc.oneof(
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.double({ min: 0.97, max: 1, maxExcluded: true, noNaN: true }),
  );
  const tampered: fc.Arbitrary<readonly ChainFile[]> = fc.oneof(
    fc.tuple(file, place, fc.integer({ min: 1, max: 255 })).map(([index, where, mask]) => {
      const bytes = Buffer.from(bytesOf(index));
      const byte = Math.floor(where * bytes.length);
      bytes[byte] = (bytes[byte] ?? 0) ^ mask;
      return replaced(index, bytes);
    }),
    fc.tuple(file, place, fc.nat(255)).map(([index, where, byte]) => {
      const cut = Math.floor(where * (bytesOf(index).length + 1));
      return replaced(index, Buffer.concat([bytesOf(index).subarray(0, cut), Buffer.from([byte]), bytesOf(index).subarray(cut)]));
    }),
    fc.tuple(file, place).map(([index, where]) => {
      const cut = Math.floor(where * bytesOf(index).length);
      return replaced(index, Buffer.concat([bytesOf(index).subarray(0, cut), bytesOf(index).subarray(cut + 1)]));
    }),
    fc
      .tuple(file, file)
      .filter(([a, b]) => a !== b)
      .map(([a, b]) =>
        oldFiles.map(({ name, bytes }, index) => ({ name, bytes: index === a ? bytesOf(b) : index === b ? bytesOf(a) : bytes })),
      ),
    fc.nat(oldFiles.length - 2).map((index) => oldFiles.toSpliced(index, 1)),
    fc
      .tuple(
        file,
        fc.oneof(
          fc.string({ minLength: 1 }),
          fc.nat(12).map((number) => `${String(number).padStart(4, '0')}-sign-off.json`),
        ),
      )
      .filter(([index, name]) => oldFiles.every((one) => one.name !== name) && at(oldFiles, index).name !== name)
      .map(([index, name]) => oldFiles.map((one, here) => (here === index ? { ...one, name } : one))),
    fc.tuple(file, file, fc.boolean()).map(([index, other, twice]) => {
      // The signature of another entry, or the same content under another name.
      const [mine, theirs] = [bytesOf(index), bytesOf(other)].map((bytes) => JSON.parse(bytes.toString()) as { signatures: unknown });
      return twice || index === other
        ? [...oldFiles, { name: `000${oldFiles.length + 1}-sign-off.json`, bytes: bytesOf(index) }]
        : replaced(index, Buffer.from(JSON.stringify({ ...mine, signatures: theirs?.signatures })));
    }),
  );

  it('is never valid', () => {
    fc.assert(
      fc.property(tampered, (files) => {
        expect(verifiedAs(files).state).not.toBe('valid');
      }),
      { numRuns: 400 },
    );
  }, 120_000);

  it('is not valid with another signer, whether they say so or not, for one entry or for all that follow', async () => {
    for (const [index, file] of oldFiles.entries()) {
      const payload = payloadOf(file);
      const own = await sealed({ ...payload, signer: stranger.key.line }, stranger);
      const posing = await sealed(payload, stranger);
      const keyid = (JSON.parse(file.bytes.toString()) as { signatures: { keyid: string }[] }).signatures[0]?.keyid ?? '';
      for (const bytes of [own, posing, Buffer.from(posing.toString().replace(stranger.key.id, keyid))])
        expect(verifiedAs(replaced(index, bytes)).state, file.name).not.toBe('valid');
      let files = oldFiles.slice(0, index);
      for (const later of oldFiles.slice(index)) {
        const { schema: _, sequence: __, previous: ___, signer: ____, ...content } = payloadOf(later);
        if (content.kind === 'sign-off')
          content.about = readChain(files).entries.findLast(({ payload: one }) => one.kind === 'checkpoint')?.hash ?? content.about;
        files = [...files, await nextEntry(readChain(files), content, stranger)];
      }
      expect(verifiedAs(files)).toMatchObject({ state: 'unknown-signer', faults: [] });
    }
  });

  it('shows a cut tail only against a head that was kept', () => {
    const cut = oldFiles.slice(0, -1);
    expect(verifiedAs(cut).state).toBe('valid');
    expect(verifiedAs(cut, { kept: oldHead.slice(0, 20) }).state).toBe('tampered');
    // Of what was added since, an older head says nothing.
    expect(verifiedAs(oldFiles, { kept: verifiedAs(cut).head }).state).toBe('valid');
  });

  it('is not added to', async () => {
    const chain = readChain(oldFiles.toSpliced(1, 1));
    const content = { kind: 'checkpoint' as const, date: then.toISOString(), audit: auditOf(at(oldFiles, 0)), expires: {} };
    await expect(nextEntry(chain, content, stranger)).rejects.toThrow(/cannot be trusted/);
  });
});

describe('who may sign what', () => {
  const [tool, person] = [handOf(), handOf()];
  const signers = [
    { names: ['machine'], id: tool.key.id, tool: true, from: null, until: null },
    { names: ['Ann Lee', 'ann@example.com'], id: person.key.id, tool: false, from: null, until: null },
  ];
  const checkpoint = { kind: 'checkpoint' as const, date: then.toISOString(), audit: auditOf(at(oldFiles, 0)), expires: {} };
  const chainOf = async (first = tool, second = person, by = 'Ann Lee', leaveOut = false) => {
    const files = [await nextEntry({ entries: [], faults: [] }, checkpoint, first)];
    const about = readChain(files).entries[0]?.hash ?? '';
    const unknowns = checkpoint.audit.unproven.filter(({ control }) => checkpoint.audit.verdicts.payments?.unproven.includes(control));
    const content = {
      kind: 'sign-off' as const,
      date: then.toISOString(),
      about,
      by,
      role: '',
      scope: ['payments' as const],
      unknowns: leaveOut ? unknowns.slice(1) : unknowns,
      statement: 'so it is',
      until: '2027-01-01',
    };
    return [...files, await nextEntry(readChain(files), content, second)];
  };
  const said = async (files: Promise<ChainFile[]>) => {
    const { state, strangers, faults } = verifiedAs(await files, { signers });
    return [state, ...strangers, ...faults].map((one) => (typeof one === 'string' ? one : one.what)).join(': ');
  };

  it('takes a checkpoint by the tool and a sign-off by the person who is named, under any of their names', async () => {
    expect(await said(chainOf())).toBe('valid');
    expect(await said(chainOf(tool, person, 'ANN@example.com'))).toBe('valid');
  });

  it('takes no sign-off with the key of the tool, no checkpoint with that of a person, and no name of another', async () => {
    expect(await said(chainOf(tool, tool))).toMatch(/^unknown-signer: is a sign-off with the key of the tool/);
    expect(await said(chainOf(person, person))).toMatch(/^unknown-signer: is a checkpoint signed with the key of a person/);
    expect(await said(chainOf(tool, person, 'Bo Ray'))).toMatch(/^unknown-signer: says it is by Bo Ray, but the key is that of Ann Lee/);
  });

  it('takes no entry of another chain, though the same hand signed it', async () => {
    const [first, other] = await Promise.all(
      ['2026-11-21T00:00:00.000Z', '2026-11-21T01:00:00.000Z'].map((date) =>
        nextEntry({ entries: [], faults: [] }, { ...checkpoint, date }, tool),
      ),
    );
    if (!first || !other) throw new Error('two were made');
    const second = await nextEntry(readChain([first]), checkpoint, tool);
    expect(await said(Promise.resolve([first, second]))).toBe('valid');
    expect(await said(Promise.resolve([other, second]))).toBe('tampered: does not follow on what stands before it');
  });

  it('takes no sign-off that hides what was not proven', async () => {
    expect(await said(chainOf(tool, person, 'Ann Lee', true))).toMatch(/^tampered: does not list what was not proven/);
  });

  it('takes a key only while it counts', async () => {
    const late = signers.map((one) => ({ ...one, from: new Date('2027-01-01') }));
    expect(verifiedAs(await chainOf(), { signers: late }).state).toBe('unknown-signer');
    expect(oldSigners.filter((one) => one.tool)).toHaveLength(1);
  });
});

describe('what a checkpoint says', () => {
  const { tree, surface } = auditOf(at(oldFiles, 2));

  it('no longer counts when the days are over, the code changed, or a weakness became known', () => {
    const days = verifiedAs(oldFiles, { now: new Date('2027-02-20T00:00:00Z') });
    expect(days).toMatchObject({ state: 'expired', triggers: [{ trigger: 'payments', ended: 'days' }] });
    expect(verifiedAs(oldFiles, { now: new Date('2027-02-19T23:00:00Z') }).state).toBe('valid');
    expect(verifiedAs(oldFiles, { code: { tree, changed: null } }).state).toBe('valid');
    const other = verifiedAs(oldFiles, { code: { tree: { ...tree, digest: '00' }, changed: ['a.ts'] } });
    expect(other).toMatchObject({ state: 'code-changed', code: { files: ['a.ts'], settings: false }, triggers: [{ ended: 'code' }] });
    expect(verifiedAs(oldFiles, { code: { tree: { ...tree, settings: '00' }, changed: null } }).code).toMatchObject({
      changed: true,
      settings: true,
    });
    const open = [{ package: 'lodash', id: '1', severity: 'high' }];
    const later = verifiedAs(oldFiles, { later: { advisories: { asked: '2026-11-23', open }, surface } });
    expect(later).toMatchObject({ state: 'expired', advisories: open, triggers: [{ ended: 'advisory' }], steps: [] });
  });
});

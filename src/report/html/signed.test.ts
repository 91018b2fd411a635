import { describe, expect, it } from 'vitest';
import { sampleSigned } from '../testdata/signed.ts';
import { signedSection } from './signed.ts';

const { verification } = sampleSigned;
const [signOff] = verification.signOffs;

describe('the signed state on the page for a buyer', () => {
  it('says who signed what until when, knowing what, and how to check that', () => {
    const { markup } = signedSection(sampleSigned);
    for (const part of ['Ann Lee', 'CTO', 'until 2027-02-19', '3 controls', `--signers signers --head ${verification.head}`])
      expect(markup).toContain(part);
    expect(markup).not.toContain('later audit');
  });

  it('does not lend a signature to another audit, or call what ended valid', () => {
    const other = signedSection({
      ...sampleSigned,
      same: false,
      verification: {
        ...verification,
        state: 'expired',
        triggers: [{ trigger: 'payments', decision: 'go', applies: true, until: '2026-11-20', ended: 'days' }],
      },
    }).markup;
    expect(other).toContain('later audit');
    expect(other).toContain('the days agreed are over');
    expect(other).not.toContain('still counts');
  });

  it('says that nobody signed, where nobody did', () => {
    const none = { ...verification, state: 'none', checkpoint: null, signOffs: [], triggers: [], head: null, entries: 0 } as const;
    expect(signedSection({ ...sampleSigned, verification: none }).markup).toContain('No checkpoint of this application was kept');
  });

  it('escapes what people wrote', () => {
    const hostile = signOff ? [{ ...signOff, by: '<script>alert(1)</script>', statement: '<img src=x>' }] : [];
    expect(signedSection({ ...sampleSigned, verification: { ...verification, signOffs: hostile } }).markup).not.toMatch(/<script>|<img/);
  });
});

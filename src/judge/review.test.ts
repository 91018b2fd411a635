import { describe, expect, it } from 'vitest';
import type { Review } from '../model/review.ts';
import { judgeControls } from './controls.ts';
import { reviewed } from './review.ts';
import { found, meta, passed } from './testdata/parts.ts';

const now = '2026-11-21T00:00:00Z';
const cors = 'security/cors-origins';
const read = found(cors, 'security/cors', { id: `${cors}#00000001`, class: 'read', subject: { kind: 'function', name: 'server.ts cors' } });
const ran = found(cors, 'security/cors', { id: `${cors}#00000002`, class: 'ran' });
const open = found(cors, 'security/cors', {
  id: `${cors}#00000003`,
  class: 'read',
  status: 'unknown',
  subject: { kind: 'file', name: 'b.ts' },
});
const word = {
  verdict: 'not-a-fault',
  reason: 'The gateway sets it.',
  by: 'Ada Example',
  date: '2026-11-01',
  until: '2026-12-31',
} as const;
const hear = (says: Review, findings = [read, ran, open]) => reviewed(findings, says, now, () => 'abcdef0123456789');
const controlOf = ({ findings, dismissed }: ReturnType<typeof hear>, passes = [passed(cors, 'ran', ['c.ts'])]) =>
  judgeControls({
    checks: { [cors]: meta('security/cors') },
    findings: findings.filter(({ id }) => !dismissed.has(id)),
    dismissed: findings.filter(({ id }) => dismissed.has(id)),
    passes,
    notApplicable: [],
    profile: 'public',
    now,
  }).find(({ id }) => id === 'security/cors');

describe('reviewed', () => {
  it('changes nothing where nobody said anything', () => {
    expect(hear({})).toEqual({ findings: [read, ran, open], overrides: [], dismissed: new Map() });
  });

  it('dismisses what was read, with the reason beside what the tool says, and the control is then stated and no pass', () => {
    const heard = hear({ overrides: [{ ...word, finding: read.id }] }, [read]);
    expect(heard.overrides).toMatchObject([
      { counts: true, tool: { status: 'fail', severity: 'high', class: 'read' }, reason: word.reason },
    ]);
    expect(heard.findings).toEqual([read]);
    expect(controlOf(heard)).toMatchObject({ status: 'stated', class: 'stated' });
    expect(controlOf(hear({}, [read]))?.status).toBe('fail');
    expect(controlOf(hear({}, []))?.status).toBe('pass');
    // Without an experiment that passes the rest, no word makes this control anything.
    expect(controlOf(heard, [])?.status).toBe('unproven');
  });

  it('closes an open question in the same way', () => {
    expect(controlOf(hear({ overrides: [{ ...word, finding: open.id }] }, [open]))?.status).toBe('stated');
    expect(controlOf(hear({}, [open]))?.status).toBe('unproven');
  });

  it.each([
    ['dismissed', { verdict: 'not-a-fault' } as const],
    ['called milder', { verdict: 'fault', severity: 'low' } as const],
  ])('lets nothing that happened in an experiment be %s', (_, says) => {
    const heard = hear({ overrides: [{ ...word, ...says, finding: ran.id }] });
    expect(heard.overrides).toMatchObject([{ counts: false, why: expect.stringContaining('experiment') as string }]);
    expect(heard.findings).toEqual([read, ran, open]);
    expect(controlOf(hear({ overrides: [{ ...word, ...says, finding: ran.id }] }, [ran]))?.status).toBe('fail');
  });

  it.each([
    ['has ended', { until: '2026-11-20', finding: read.id }, 'It ended on 2026-11-20.'],
    ['is about no finding', { finding: `${cors}#ffffffff` }, 'no such finding'],
  ])('does not count a word that %s, and says so', (_, part, why) => {
    const heard = hear({ overrides: [{ ...word, ...part }] });
    expect([heard.dismissed.size, heard.overrides[0]?.counts]).toEqual([0, false]);
    expect(heard.overrides[0]?.why).toContain(why);
  });

  it('makes an open question a fault, and a fault as bad as the reviewer says', () => {
    const says = (finding: string, severity: 'medium' | 'low') => ({ ...word, finding, verdict: 'fault', severity }) as const;
    expect(hear({ overrides: [says(open.id, 'medium'), says(read.id, 'low')] }).findings).toMatchObject([
      { status: 'fail', severity: 'low', class: 'read' },
      { status: 'fail', severity: 'high', class: 'ran' },
      { status: 'fail', severity: 'medium', class: 'stated' },
    ]);
  });

  it("counts the reviewer's own findings like any other, each once", () => {
    const mine = {
      title: 'Refunds need two people.',
      control: 'security/cors',
      severity: 'high',
      message: 'One clerk can refund anything.',
      remedy: 'Ask a second person.',
      by: 'Ada Example',
      date: '2026-11-20',
    } as const;
    const heard = hear({ findings: [mine, mine] }, []);
    expect(heard.findings).toMatchObject([
      {
        check: 'security/review',
        class: 'stated',
        title: 'Refunds need two people',
        message: expect.stringContaining('(Ada Example, 2026-11-20)') as string,
      },
    ]);
    expect(controlOf(heard)?.status).toBe('fail');
  });
});

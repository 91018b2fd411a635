import type { SignedState } from '../html/signed.ts';

const head = 'ab'.repeat(32);

/** A checkpoint that one person signed off, as it stands on a page for a buyer. */
export const sampleSigned: SignedState = {
  same: true,
  on: '2026-11-22',
  verification: {
    state: 'valid',
    faults: [],
    strangers: [],
    entries: 2,
    head,
    checkpoint: { sequence: 1, date: '2026-11-21T08:10:00.000Z', hash: 'cd'.repeat(32), commit: '4f2c1ab09d7e', ran: true, key: 'SHA256:tool' },
    signOffs: [
      {
        sequence: 2, by: 'Ann Lee', role: 'CTO', scope: ['payments'], date: '2026-11-21T09:00:00.000Z', until: '2027-02-19', unknowns: 3,
        statement: 'I have read it.', key: 'SHA256:ann', over: false,
      },
    ],
    triggers: [{ trigger: 'payments', decision: 'unproven', applies: true, until: '2027-02-19', ended: null }],
    code: { compared: true, changed: false, files: [], settings: false },
    advisories: [],
    steps: [],
  },
};

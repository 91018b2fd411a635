import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checks } from '../src/checks/index.ts';
import type { Check } from '../src/model/check.ts';
import { derivations } from '../src/derive/index.ts';
import { claimsOf } from '../src/engine/claims.ts';
import { inOrder, leadingTo } from '../src/engine/order.ts';
import { produce } from '../src/engine/produce.ts';
import type { EvidenceStore } from '../src/engine/produce.ts';
import { settle } from '../src/engine/settle.ts';
import type { Settlement } from '../src/engine/settle.ts';
import { evidenceSchemas, isPresent } from '../src/model/evidence/index.ts';
import type { Evidence, Kind } from '../src/model/evidence/index.ts';
import type { Claim } from '../src/model/finding.ts';
import { collectors } from '../src/read/index.ts';
import { sha256 } from '../src/world/hash.ts';
import { openTree } from '../src/world/tree.ts';

const root = join(import.meta.dirname, '..', 'fixtures');

/** Fixtures are found on disk: `fixtures/<area>/<check>/<fail|pass|unknown>-<case>/` with an `app/` or an `evidence.json`. */
const cases = readdirSync(root)
  .flatMap((area) => readdirSync(join(root, area)).map((name) => `${area}/${name}`))
  .flatMap((check) => readdirSync(join(root, check)).map((name) => ({ check, name, dir: join(root, check, name) })));

/** The evidence of a fixture: read from its `app/`, or recorded in its `evidence.json` (cut from a real run). */
async function evidenceOf(dir: string, check: Check): Promise<EvidenceStore> {
  const store: EvidenceStore = new Map();
  if (existsSync(join(dir, 'app'))) {
    const context = {
      tree: await openTree(join(dir, 'app')),
      cacheDir: null,
      jobs: 1,
      toolVersion: 'test',
      now: new Date('2026-11-01'),
      online: false,
    };
    // The history around a fixture is this repository's own; a case that is about one records it.
    for (const collector of inOrder([...collectors]).filter(({ yields }) => yields !== 'former-secrets' && yields !== 'history'))
      store.set(collector.yields, await produce(collector, store, context));
  }
  if (existsSync(join(dir, 'evidence.json'))) {
    const recorded = JSON.parse(readFileSync(join(dir, 'evidence.json'), 'utf8')) as Record<Kind, object>;
    for (const [kind, evidence] of Object.entries(recorded) as [Kind, Evidence][]) {
      const full = { ...evidence, kind } as Evidence;
      if (isPresent(full)) evidenceSchemas[kind].parse(full.value);
      store.set(kind, full);
    }
  }
  const { needs, anyOf, uses } = check;
  for (const derivation of inOrder(leadingTo([...needs, ...anyOf, ...uses], [...derivations])))
    if (!store.has(derivation.yields)) store.set(derivation.yields, await produce(derivation, store, undefined));
  return store;
}

describe.each(cases)('$check $name', ({ check: id, name, dir }) => {
  let claims: Claim[] = [];
  let settled: Settlement = { findings: [], passes: [], notApplicable: [] };
  beforeAll(async () => {
    const check = checks[id];
    if (!check) throw new Error(`fixtures/${id} has no check src/checks/${id}.ts`);
    claims = claimsOf(check, await evidenceOf(dir, check));
    settled = settle(id, check, claims, sha256);
  });

  it('ends as its name says', () => {
    const ends = new Set(settled.findings.map((finding) => finding.status));
    if (name.startsWith('fail-')) expect(ends).toContain('fail');
    else if (name.startsWith('pass-')) expect(ends).not.toContain('fail');
    else if (name.startsWith('unknown-')) expect([...ends]).toEqual(['unknown']);
    else throw new Error(`${name} must begin with fail-, pass- or unknown-`);
  });

  it('says the same as before', () => {
    const shown = claims.map(({ status, class: evidence, subject, message, severity, where }) => ({
      status,
      class: evidence,
      subject: `${subject.kind} ${subject.name}`,
      message,
      severity,
      where,
    }));
    expect(shown).toMatchSnapshot('claims');
    const disagreements = settled.findings.flatMap(({ disagreement }) => disagreement ?? []);
    if (disagreements.length > 0) expect(disagreements).toMatchSnapshot('where reading and running disagree');
  });
});

describe('fixtures', () => {
  it('hold a failing and a passing case for every check', () => {
    const lone = Object.keys(checks).filter(
      (id) => !['fail-', 'pass-'].every((kind) => cases.some((one) => one.check === id && one.name.startsWith(kind))),
    );
    expect(lone).toEqual([]);
  });
});

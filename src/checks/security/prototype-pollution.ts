import { defineCheck } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Flow } from '../../model/evidence/flows.ts';
import { claimsOfFlows, handedOver, inputNamed, sentence } from '../../model/flow-claims.ts';

export default defineCheck({
  title: 'Input cannot change object prototypes',
  control: 'security/injection',
  severity: 'medium',
  cwe: [1321],
  standards: ['ASVS v5.0.0-1.3.5', 'A05:2025'],
  why: 'The name `__proto__` leads from any object to the one that all others inherit from. Whoever can write there gives every object in the server new fields: a role, an option of a library, a command.',
  remedy:
    'Merge only fields that a schema names, refuse the names `__proto__`, `constructor` and `prototype`, or keep the values in a Map or in an object without a prototype (`Object.create(null)`).',
  needs: ['flows'],
  uses: ['dependencies'],
  *run({ flows, dependencies }) {
    yield* claimsOfFlows(flows, {
      rows: flows.value.flows.filter((flow) => flow.sink === 'property' && !isMended(flow, dependencies?.value)),
      chosenBy: 'caller',
      what: 'A deep merge or a nested assignment',
      nothing: 'No deep merge of input that still follows `__proto__`, and no assignment by two names from input.',
      says: (flow) => ({
        message: flow.symbol.startsWith('property#')
          ? `${sentence(inputNamed(flow.value))} chooses the names of properties, one inside the other${handedOver(flow)}.`
          : `${sentence(inputNamed(flow.value))} is merged into an object by ${flow.symbol.replace(/^npm:/, '')}, which follows \`__proto__\`${handedOver(flow)}.`,
        impact: 'A caller could give every object in the server a field of their choice, a role or an option among them.',
      }),
    });
  },
});

/** Versions from which a library's merge leaves prototypes alone. */
const mendedSince: Readonly<Record<string, readonly [number, number, number]>> = {
  lodash: [4, 17, 21],
  'lodash-es': [4, 17, 21],
  'lodash.merge': [4, 6, 2],
  '@hapi/hoek': [9, 0, 0],
  'dot-prop': [5, 1, 1],
  'set-value': [4, 0, 1],
  'object-path': [0, 11, 8],
  'deep-extend': [0, 5, 1],
  'merge-deep': [3, 0, 3],
  'mixin-deep': [1, 3, 2],
  merge: [2, 1, 1],
  'node.extend': [1, 1, 7],
  extend: [3, 0, 2],
  jquery: [3, 4, 0],
  flat: [5, 0, 1],
  dottie: [2, 0, 4],
};

/** True where the locked version, or one that the manifest asks for, is one that was mended. */
function isMended(flow: Flow, dependencies: EvidenceValue<'dependencies'> | undefined): boolean {
  const name = /^npm:((?:@[^/]+\/)?[^/#]+)/.exec(flow.symbol)?.[1];
  const since = name === undefined ? undefined : mendedSince[name];
  if (name === undefined || since === undefined) return false;
  const versions = (dependencies?.units ?? []).flatMap(
    (unit) => unit.locked?.[name] ?? unit.declared.find((one) => one.name === name)?.range ?? [],
  );
  return (
    versions.length > 0 &&
    versions.every((version) => {
      const [major = 0, minor = 0, patch = 0] = (/\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
      const parts = [major - since[0], minor - since[1], patch - since[2]];
      return (parts.find((part) => part !== 0) ?? 0) >= 0;
    })
  );
}

import type { Sample } from '../model/evidence/read.ts';
import type { Gap } from '../model/words.ts';
import { isTestCode, programOf } from './code.ts';
import { defineCollector } from './context.ts';
import { matcherOf } from './samples/matching.ts';
import { withoutSecrets } from './samples/without-secrets.ts';

/** Before its endpoint is known. */
export type Found = Omit<Sample, 'endpoint'>;

export default defineCollector({
  name: 'read/samples',
  needs: [],
  uses: ['routes'],
  yields: 'samples',
  async run({ routes }, context) {
    const gaps: Gap[] = [];
    const { clientCalls } = await programOf(context);
    const found = clientCalls.map((call): Found => ({ ...call, source: isTestCode(call.where.file) ? 'test' : 'client-call', wants: {} }));
    const endpointOf = matcherOf(routes?.value.routes ?? []);
    const samples = found.map((one): Sample => ({ ...withoutSecrets(one), endpoint: endpointOf(one.method, one.path) }));
    return { value: { samples }, gaps };
  },
});

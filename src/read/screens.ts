import type { Screens } from '../model/evidence/screens.ts';
import { tooFar } from '../model/evidence/screens.ts';
import type { Gap } from '../model/words.ts';
import { programOf } from './code.ts';
import { defineCollector } from './context.ts';
import { keptOffers } from './screens/kept.ts';
import { matcherOf } from './samples/matching.ts';
import { isDead } from './screens/telling.ts';

export default defineCollector({
  name: 'read/screens',
  needs: ['routes'],
  yields: 'screens',
  async run({ routes }, context) {
    const { files, resolve, clientCalls } = await programOf(context);
    const calls = clientCalls.filter(({ where }) => files.has(where.file));
    const found = await keptOffers(context, files, resolve, new Set(calls.map(({ where }) => where.file)));
    const endpointOf = matcherOf(routes.value.routes);
    const gaps: Gap[] = [];
    if (!found.complete) gaps.push({ file: null, reason: tooFar });
    const offers: Screens['offers'] = [];
    const loose: Screens['loose'] = [];
    const everybody = { shownTo: [...found.roles, ...found.flags], others: true, anonymous: true };
    for (const { method, path, where, call, within } of calls) {
      const site = found.offers.get(`${where.file}:${call}`);
      if (!site) {
        if (!isDead(files, resolve, where.file, within.at(0)?.name ?? '')) loose.push({ method, path, where });
        continue;
      }
      const { component, shownTo, others, anonymous } = found.complete ? site : { ...site, ...everybody };
      const conditions = site.conditions.map(({ file, line, text, component: inside }) => ({
        where: { file, line, endLine: line },
        text,
        component: inside,
      }));
      offers.push({
        where,
        component,
        conditions,
        method,
        path,
        endpoint: endpointOf(method, path),
        shownTo: [...shownTo],
        others,
        anonymous,
      });
    }
    const { roots, roles, flags, addresses } = found;
    return { value: { roots: [...roots], roles: [...roles], flags: [...flags], offers, loose, addresses: [...addresses] }, gaps };
  },
});

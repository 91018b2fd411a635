import type { PersonalData } from '../model/evidence/derived.ts';
import type { AbstractValue } from '../model/evidence/read.ts';
import { keepsPeople, personalCategory } from '../model/personal.ts';
import type { PersonalCategory } from '../model/personal.ts';
import { defineDerivation } from '../model/producer.ts';

type Flow = PersonalData['flows'][number];

const trackers =
  /googletagmanager|google-analytics|gtag|fbq|connect\.facebook|fbevents|hotjar|_hjSettings|mixpanel|posthog|segment\.(com|io)|clarity|tiktok|snap\.licdn|linkedin|amplitude|fullstory|doubleclick|ads-twitter|react-ga|pixel/i;

/** The personal data that is kept and handed on. */
export default defineDerivation({
  name: 'personal-data',
  needs: ['declared-columns', 'routes', 'calls'],
  uses: ['constructs', 'schema', 'dependencies'],
  yields: 'personal-data',
  run: ({ 'declared-columns': declared, routes, calls, constructs, dependencies }) => {
    const columns = declared.value.columns.flatMap(({ table, column, type, where }) => {
      // A plain `name` is a person's only where the table keeps people.
      const category = personalCategory(column) ?? (/^(name|display_?name)$/i.test(column) && keepsPeople(table) ? 'identity' : null);
      // The address of a person, not that of a page or a wallet.
      if (/^address$/i.test(column) && !keepsPeople(table) && !/order|address|location|ship|bill|clinic|branch|compan|propert/i.test(table))
        return [];
      // The tax number of a company is in every register.
      if (/^(tax_?id|tax_?number|tin|vat_?id|pan_?(number|no|card))$/i.test(column) && !keepsPeople(table)) return [];
      return category === null || /^bool|^tinyint\(1\)/.test(type) ? [] : [{ table, column, type, category, where }];
    });
    const forms = (constructs?.value.constructs ?? []).flatMap(({ kind, name, detail, where }) => {
      const category = kind !== 'field' ? null : /cc-(number|csc|exp)/.test(detail) ? 'card' : personalCategory(name);
      return category === null ? [] : [{ name, category, where, endpoint: null }];
    });
    const sent = routes.value.routes.flatMap((route) =>
      route.inputs
        .filter(({ in: at }) => at === 'body')
        .flatMap(({ name, fields }) => [name, ...fields])
        .flatMap((name) => {
          const category = personalCategory(name);
          return category === null ? [] : [{ name, category, where: route.where, endpoint: route.id }];
        }),
    );
    const flows: Flow[] = [];
    for (const { means, symbol, args, where, routes: ids } of calls.value.calls) {
      const to = receiver(means);
      if (to === null || (ids.length === 0 && to !== 'mail')) continue;
      const categories = [...new Set(args.flatMap((arg) => categoriesIn(arg)))].toSorted();
      if (categories.length > 0) flows.push({ to, name: hostOf(args[0]) ?? packageOf(symbol), categories, where, routes: ids });
    }
    for (const { kind, name, where } of constructs?.value.constructs ?? [])
      if (kind === 'script' && trackers.test(name)) flows.push({ to: 'analytics', name, categories: ['location'], where, routes: [] });
    for (const { imports } of dependencies?.value.units ?? [])
      for (const { name, where, typeOnly } of imports)
        if (
          !typeOnly &&
          /^(posthog-js|mixpanel-browser|react-ga4?|@segment\/analytics-next|react-facebook-pixel|@hotjar\/browser|@amplitude\/analytics-browser|@fullstory\/browser|@microsoft\/clarity|react-gtm-module)$/.test(
            name,
          )
        )
          flows.push({ to: 'analytics', name, categories: ['location'], where, routes: [] });
    return { value: { columns, fields: [...forms, ...sent], flows }, gaps: [...declared.gaps] };
  },
});

function receiver(means: string): Flow['to'] | null {
  if (means === 'log') return 'log';
  if (means === 'mail') return 'mail';
  if (means === 'model-call') return 'model';
  if (means === 'outbound-payment') return 'payments';
  return means === 'outbound' || means === 'outbound-storage' ? 'service' : null;
}

/** What a value carries, by the names of its keys and of the fields that it was taken from. */
function categoriesIn(value: AbstractValue, depth = 0): PersonalCategory[] {
  if (depth > 5) return [];
  const named = (name: string): PersonalCategory[] => {
    const found = personalCategory(name.split('.').at(-1) ?? name);
    return found === null ? [] : [found];
  };
  switch (value.kind) {
    case 'input':
      return named(value.name);
    case 'session':
      return named(value.name);
    case 'object':
      return Object.entries(value.keys).flatMap(([key, one]) => [
        ...(one.kind === 'literal' || one.kind === 'environment' ? [] : named(key)),
        ...categoriesIn(one, depth + 1),
      ]);
    case 'array':
      return value.items.flatMap((one) => categoriesIn(one, depth + 1));
    case 'template':
      return value.holes.flatMap((one) => categoriesIn(one, depth + 1));
    case 'either':
      return value.of.flatMap((one) => categoriesIn(one, depth + 1));
    default:
      return [];
  }
}

function hostOf(value: AbstractValue | undefined): string | null {
  const text = value?.kind === 'literal' ? String(value.value) : value?.kind === 'template' ? (value.parts[0] ?? '') : '';
  return /^https?:\/\/([^/:?#]+)/i.exec(text)?.[1] ?? null;
}

function packageOf(symbol: string): string {
  return symbol.replace(/^\w+:/, '').replace(/#.*$/, '');
}

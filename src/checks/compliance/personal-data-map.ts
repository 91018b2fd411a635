import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

const written =
  /(^|\/)[^/]*(privacy|ropa|data[-_ ]?(map|inventory|protection|processing)|gdpr|datenschutz|records?[-_ ]of[-_ ]processing)[^/]*\.(md|mdx|txt|pdf|html?|[jt]sx?|vue|svelte|ejs|ya?ml|json|csv)$|(^|\/)(privacy|privacy-policy|datenschutz)\//i;
const receivers: Readonly<Record<string, string>> = {
  log: 'the logs',
  mail: 'a mail service',
  model: 'an AI model',
  payments: 'a payment provider',
  analytics: 'analytics',
  service: 'another service',
};

export default defineCheck({
  title: 'It is known what personal data lives and flows where',
  control: 'compliance/personal-data-map',
  severity: 'low',
  standards: ['GDPR Art. 30', 'GDPR Art. 13'],
  why: 'Whoever keeps data about people has to be able to say which, why, how long and who else gets it: to each of them on request, to an authority in days, and to the first large customer before they sign.',
  remedy:
    'Write down one page (docs/data-map.md): for each kind of data below why it is kept, for how long, and who receives it, and name the same services in the privacy notice. What is listed here is a draft of it, by the names of columns and fields; strike what is wrong.',
  needs: ['personal-data', 'files'],
  *run({ 'personal-data': data, files }) {
    const { columns, fields, flows } = data.value;
    const kept = columns.filter(({ category }) => category !== 'credential');
    const taken = fields.filter(({ category, endpoint }) => category !== 'credential' && endpoint !== null);
    if (kept.length + taken.length === 0) {
      yield data.gaps.length > 0
        ? unknown('read', application, 'No personal data was found by its name, but some code could not be read.')
        : notApplicable('No column and no field is named like personal data.');
      return;
    }
    const page = files.value.files.find(({ path }) => written.test(path) && !/(^|\/)(node_modules|test|tests|fixtures)\//.test(path));
    if (page) {
      yield pass('read', application);
      return;
    }
    const tables = Map.groupBy(kept, ({ table }) => table);
    const places = [...tables]
      .slice(0, 6)
      .map(([table, list]) => `${table} (${[...new Set(list.map(({ column }) => column))].slice(0, 6).join(', ')})`);
    const outside = [...new Set(flows.map(({ to, name }) => `${receivers[to] ?? to} (${name})`))].slice(0, 6);
    yield fail(
      'read',
      application,
      `By their names, ${kept.length > 0 ? `${kept.length} columns hold personal data: ${places.join('; ')}${tables.size > 6 ? ` and ${tables.size - 6} more tables` : ''}` : `${taken.length} fields take personal data`}${
        outside.length > 0 ? `; some of it goes to ${outside.join(', ')}` : ''
      }. Nothing in the repository says so.`,
      {
        impact:
          'A person who asks what you know about them, or a customer who asks before signing, gets no answer that you could stand by.',
        where: kept[0]?.where ?? taken[0]?.where,
        effect: 'unmapped',
      },
    );
  },
});

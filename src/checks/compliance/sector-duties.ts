import { application, defineCheck, fail, notApplicable, unknown } from '../../model/check.ts';
import { inWords } from '../../model/personal.ts';

interface Sector {
  readonly name: string;
  readonly words: RegExp;
  /** Every employer keeps bank details of people: only tables and endpoints tell that money is the trade. */
  readonly columns: boolean;
  readonly questions: string;
}

const sectors: readonly Sector[] = [
  {
    name: 'health',
    columns: true,
    words: /(^|_)(patients?|prescriptions?|diagnos[ie]s|medications?|medical|allerg(y|ies)|clinics?|symptoms?|vaccin\w*|lab_results?)(_|$)/,
    questions:
      'On which ground is health data processed, who has signed a processing (or business associate) agreement, is every access to a record logged, and who decides when data goes to an AI model?',
  },
  {
    name: 'finance',
    columns: false,
    words:
      /(^|_)(bank|loans?|kyc|iban|account_number|routing_number|ledgers?|credit_cards?|wire_transfers?|crypto\w*|portfolios?|deposits?|withdrawals?|brokerage)(_|$)/,
    questions:
      'Under whose licence is money held or moved, who checks identities and suspicious payments, how are balances reconciled with the bank, and how long can the service be down?',
  },
  {
    name: 'children',
    columns: true,
    words: /(^|_)(guardians?|parent_(email|name|phone|id)|child(ren)?|kids?|pupils?|kindergartens?|minors?)(_|$)/,
    questions:
      'From which age may children use it, how does a parent consent and take that back, and is nothing shown or sold to children on the ground of their data?',
  },
];

export default defineCheck({
  title: 'The duties of the sector are answered with evidence',
  control: 'compliance/sector-packs',
  severity: 'medium',
  standards: ['GDPR Art. 9', 'HIPAA 164.312', 'COPPA', 'PSD2 Art. 97'],
  why: 'Health, money and children come with laws of their own. No tool can say that you keep them; somebody has to answer for each duty, and a customer or an authority will ask.',
  remedy:
    'Have the person who answers for it write down an answer to each question with the evidence, and state it in seaworthy.json with their name and a date.',
  needs: ['declared-columns', 'routes'],
  uses: ['personal-data'],
  *run({ 'declared-columns': columns, routes, 'personal-data': data }) {
    for (const { to, name, categories, where } of data?.value.flows ?? []) {
      if (!categories.includes('health') || (to !== 'model' && to !== 'log' && to !== 'analytics')) continue;
      const subject = { kind: 'function' as const, name: `${where.file} ${name}` };
      yield fail(
        'read',
        subject,
        `Health data goes to ${to === 'log' ? 'the logs' : to === 'model' ? `an AI model (${name})` : name}, by the names of its fields.`,
        {
          remedy:
            'Leave it out, or replace what points to a person, before it is handed on; where it has to go there, have an agreement with whoever receives it.',
          impact: 'What a patient told in confidence is kept by others, under no agreement that covers it.',
          where,
          effect: to,
        },
      );
    }
    const named = [
      ...columns.value.columns.flatMap(({ table, column, where }) => [
        { text: inWords(table), where, column: false },
        { text: inWords(column), where, column: true },
      ]),
      ...routes.value.routes.flatMap(({ path, where }) => path.split('/').map((part) => ({ text: inWords(part), where, column: false }))),
    ];
    const met = sectors.flatMap((sector) => {
      const hits = named.flatMap(({ text, where, column }) => {
        if (column && !sector.columns) return [];
        const word = sector.words.exec(text)?.[0].replaceAll(/^_|_$/g, '');
        return word === undefined ? [] : [{ word: word.replace(/s$/, ''), where }];
      });
      // One word is a coincidence ("a patient scheduler"); several are a trade.
      return new Set(hits.map(({ word }) => word)).size >= 2 ? [{ sector, hits }] : [];
    });
    const words = met.map(({ sector, hits }) => `${sector.name} (${[...new Set(hits.map(({ word }) => word))].slice(0, 4).join(', ')})`);
    if (met.length > 0)
      yield unknown(
        'read',
        application,
        `By the names of its tables and endpoints this is about ${words.join(' and ')}. Somebody has to answer: ${met.map(({ sector }) => sector.questions).join(' ')}`,
        {
          where: met[0]?.hits[0]?.where,
        },
      );
    else
      yield columns.gaps.length > 0
        ? unknown('read', application, 'No sector with duties of its own was told by names, but some code could not be read.')
        : notApplicable('No table or endpoint is named after health, finance or children.');
  },
});

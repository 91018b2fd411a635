import { application, defineCheck, pass } from '../../model/check.ts';
import { claimsOfFlows, handedOver, inputNamed, sentence } from '../../model/flow-claims.ts';

export default defineCheck({
  title: 'Query operators cannot come from input',
  control: 'security/injection',
  severity: 'high',
  cwe: [943],
  standards: ['ASVS v5.0.0-1.2.4', 'A05:2025'],
  why: 'A body in JSON can hold an object where a text was meant: `{"password": {"$ne": null}}` asks for any password. MongoDB takes such objects for operators, so a login opens without one.',
  remedy:
    'Parse the input with a schema that says `string`, or write `String(value)`; `mongoose.set("sanitizeFilter", true)` or express-mongo-sanitize refuse operators everywhere.',
  needs: ['flows', 'calls'],
  *run({ flows, calls }) {
    const rows = flows.value.flows.filter(({ sink }) => sink === 'filter');
    if (rows.length > 0 && calls.value.calls.some(({ means }) => means === 'filter-sanitiser')) {
      yield pass('read', application, 'Operators in input are refused for all requests.');
      return;
    }
    yield* claimsOfFlows(flows, {
      rows,
      chosenBy: 'caller',
      what: 'The filter of a query',
      nothing: 'The code asks no database whose filters are objects.',
      says: (flow) => ({
        message: `${sentence(inputNamed(flow.value))} goes into a filter as it is${handedOver(flow)}: an object there is taken for an operator.`,
        impact: 'A caller could match rows that are not theirs, up to a login without a password.',
        severity: /"from":"body"/.test(JSON.stringify(flow.value)) ? 'high' : 'medium',
      }),
    });
  },
});

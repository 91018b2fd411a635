import { application, defineCheck, fail, notApplicable, unknown } from '../../model/check.ts';

const aged = /interval|now\(\)|current_(date|timestamp)|expires?_?(at|on)?|created_?at|older|_at\b.*[<>]|[<>].*_at\b/i;
const policy = /(^|\/)[^/]*(retention|privacy|data[-_ ]?map|ropa|gdpr|data[-_ ]protection)[^/]*\.(md|mdx|txt|pdf|html?|[jt]sx?)$/i;

export default defineCheck({
  title: 'Data is kept no longer than declared',
  control: 'compliance/retention',
  severity: 'low',
  standards: ['GDPR Art. 5(1)(e)', 'ASVS v5.0.0-14.2.7'],
  why: 'What is not kept cannot leak. Data about people that nobody needs any more is a liability that grows every day, and the law asks for a limit.',
  remedy:
    'Decide for each table with personal data how long it is needed, write it down, and add a job that runs daily and deletes or anonymises what is older: expired tokens and sessions, logs, closed accounts, drafts.',
  needs: ['personal-data', 'files'],
  uses: ['queries', 'calls'],
  *run({ 'personal-data': data, files, queries, calls }) {
    const kept = data.value.columns.filter(({ category }) => category !== 'credential');
    if (kept.length === 0) {
      yield data.gaps.length > 0
        ? unknown('read', application, 'No personal data was found by its name, but some code could not be read.')
        : notApplicable('No column is named like personal data.');
      return;
    }
    const removing = (queries?.value.queries ?? []).filter(({ verb }) => verb === 'delete');
    const purge =
      removing.find(({ text, routes }) => text !== null && aged.test(text) && routes.length === 0) ??
      removing.find(({ text }) => text !== null && aged.test(text));
    const stated = files.value.files.find(({ path }) => policy.test(path));
    if (purge)
      yield unknown(
        'read',
        application,
        'Something is deleted when it has grown old; which periods were declared, and whether all data keeps them, somebody has to say.',
        { where: purge.where },
      );
    else if (stated)
      yield unknown('read', application, `${stated.path} may say how long data is kept; no code was seen that deletes what is older.`);
    else if (
      removing.some(({ text }) => text === null) ||
      data.gaps.length > 0 ||
      // Where no statement was read, one that deletes would not have been either.
      ((queries?.value.queries ?? []).length === 0 && !(calls?.value.calls ?? []).some(({ means }) => means === 'query'))
    )
      yield unknown('read', application, 'Whether anything is deleted when it has grown old could not be followed.');
    else
      yield fail(
        'read',
        application,
        'Nothing is ever deleted because it has grown old, and nothing says how long data about people is kept.',
        {
          impact: 'Everything about everybody who was ever a customer is in the next leak.',
          where: kept[0]?.where,
          effect: 'no-limit',
        },
      );
  },
});

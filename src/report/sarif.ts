import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import type { Place, Severity } from '../model/words.ts';
import { commandFor } from './prompt.ts';
import { visible } from './visible.ts';
import { answer, count, failures, headline, openQuestions } from './words.ts';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json';
const levels = { critical: 'error', high: 'error', medium: 'warning', low: 'note', info: 'note' } as const satisfies Record<
  Severity,
  string
>;
/** In the middle of the ranges by which GitHub names them: over 9.0 critical, 7.0 high, 4.0 medium. */
const securitySeverity: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0', info: '1.0' };
const securityAreas = new Set(['security', 'ai', 'compliance', 'dependencies']);

/**
 * The failing findings as SARIF 2.1.0, for code scanning. Open questions are no results (an alert that nobody can close teaches
 * people to ignore alerts); they stand as one notification, as does every gap. A run without findings has an empty list.
 * Fingerprints come from behaviour, so moving or reformatting code keeps an alert what it was.
 * @param more further properties of a result, such as its state against a baseline
 */
export function toSarif(report: Report, more: (finding: Finding) => object = () => ({})): string {
  const found = failures(report);
  const byCheck = Map.groupBy(found, (finding) => finding.check);
  const ids = [...byCheck.keys()].toSorted();
  const log = {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Seaworthy',
            informationUri: 'https://www.npmjs.com/package/seaworthy',
            semanticVersion: report.tool.version,
            rules: ids.map((id) => ruleOf(id, byCheck.get(id) ?? [])),
          },
        },
        automationDetails: { id: 'seaworthy/' },
        invocations: [
          {
            executionSuccessful: true,
            startTimeUtc: report.startedAt,
            endTimeUtc: new Date(Date.parse(report.startedAt) + report.durationMs).toISOString(),
            toolExecutionNotifications: notifications(report),
          },
        ],
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { description: { text: 'The root of the audited repository.' } } },
        results: found.map((finding) => ({ ...resultOf(report, finding, ids.indexOf(finding.check)), ...more(finding) })),
        properties: {
          verdict: answer(report).sentence,
          profile: report.profile,
          seed: report.seed,
          ...(report.target.commit === null ? {} : { commit: report.target.commit }),
        },
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(id: string, findings: readonly Finding[]) {
  const [first] = findings;
  const [area = ''] = id.split('/');
  const worst =
    findings.map(({ severity }) => severity).toSorted((a, b) => Number(securitySeverity[b]) - Number(securitySeverity[a]))[0] ?? 'info';
  const cwe = [...new Set(findings.flatMap((finding) => finding.cwe))].toSorted((a, b) => a - b);
  const standards = [...new Set(findings.flatMap((finding) => finding.standards))].toSorted();
  return {
    id,
    name: pascal(id),
    shortDescription: { text: `${first?.title ?? id}.` },
    fullDescription: { text: `${first?.title ?? id}. ${first?.remedy ?? ''}`.trim() },
    help: { text: `${first?.remedy ?? ''}\n\nMore: seaworthy explain ${id}` },
    defaultConfiguration: { level: levels[worst] },
    properties: {
      tags: [area, ...cwe.map((number) => `external/cwe/cwe-${String(number).padStart(3, '0')}`), ...standards],
      precision: findings.every((finding) => finding.class === 'ran') ? 'very-high' : 'high',
      'problem.severity': levels[worst] === 'note' ? 'recommendation' : levels[worst],
      ...(securityAreas.has(area) ? { 'security-severity': securitySeverity[worst] } : {}),
    },
  };
}

function resultOf(report: Report, finding: Finding, ruleIndex: number) {
  const said = headline(finding) === finding.message ? finding.message : `${headline(finding)} ${finding.message}`;
  return {
    ruleId: finding.check,
    ruleIndex,
    level: levels[finding.severity],
    kind: 'fail',
    message: { text: `${plain(said)}\n\nWhat to do: ${plain(finding.remedy)}\nSee it: ${commandFor(finding)}` },
    locations: [locationOf(report, finding)],
    ...(finding.also
      ? {
          relatedLocations: finding.also.map((place, index) => ({
            id: index + 1,
            physicalLocation: physicalOf(place),
            message: { text: 'The same fault.' },
          })),
        }
      : {}),
    partialFingerprints: { 'seaworthyBehaviour/v1': finding.fingerprint, primaryLocationLineHash: `${finding.fingerprint.slice(0, 16)}:1` },
    rank: Math.min(100, Math.max(0, rankOf(finding))),
    properties: {
      id: finding.id,
      control: finding.control,
      class: finding.class,
      severity: finding.severity,
      bin: finding.bin,
      ...(finding.proof ? { observed: finding.proof.observed } : {}),
    },
  };
}

/** Code scanning takes no result without a place: what lies in no file is shown at its endpoint, else at the application's manifest. */
function locationOf({ endpoints, units }: Report, finding: Finding) {
  const endpoint = endpoints.find((one) => one.method === finding.endpoint?.method && one.path === finding.endpoint.path);
  const unit = units.find(({ dir }) => dir === '.') ?? units[0];
  const manifest = unit === undefined || unit.dir === '.' ? 'package.json' : `${unit.dir}/package.json`;
  return {
    physicalLocation: physicalOf(
      finding.where ?? (endpoint ? { ...endpoint, endLine: endpoint.line } : { file: manifest, line: 1, endLine: 1 }),
    ),
    logicalLocations: [{ fullyQualifiedName: finding.subject.name, kind: finding.subject.kind }],
  };
}

function physicalOf({ file, line, endLine }: Pick<Place, 'file' | 'line' | 'endLine'>) {
  const region = { startLine: Math.max(1, line), endLine: Math.max(1, line, endLine) };
  return { artifactLocation: { uri: uriOf(file), uriBaseId: 'SRCROOT' }, region };
}

function notifications(report: Report) {
  const open = openQuestions(report).length;
  const notes = [
    ...(open > 0 ? [`${count(open, 'statement')} could not be judged either way; the report lists them.`] : []),
    ...(report.ran.done
      ? []
      : [`The application was not run${report.ran.reason ? `: ${report.ran.reason}` : ''}; nothing was proven by experiment.`]),
    ...report.coverage.gaps.map(({ file, reason }) => (file === null ? reason : `${file}: ${reason}`)),
  ];
  return notes.map((text) => ({ level: 'note', message: { text: plain(text) } }));
}

function rankOf({ factors }: Finding): number {
  return factors['rank'] ?? 0;
}

/** A repository's path as a relative URI; a name can hold anything. */
function uriOf(path: string): string {
  return path
    .split('/')
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/');
}

/** Message text knows links (`[words](target)`) and placeholders (`{0}`): what the application says is neither. */
function plain(text: string): string {
  return visible(text)
    .replace(/\[(?=[^\]]*\]\()/g, '\\[')
    .replace(/\{(?=\d+\})/g, '{{')
    .replace(/(?<=\{\d+)\}/g, '}}');
}

/** `security/mass-assignment` as `SecurityMassAssignment`, the way rules are named. */
function pascal(id: string): string {
  return id.replace(/(?:^|[/-])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

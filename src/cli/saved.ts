import { readFile } from 'node:fs/promises';
import { reportSchema, SeaworthyError } from '../index.ts';
import type { Finding, Report } from '../index.ts';

/** The report of an earlier audit. Throws `report-unreadable`. */
export async function readReport(file: string): Promise<Report> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new SeaworthyError(
      'report-unreadable',
      `No report was found at ${file}; run "seaworthy audit" first, or name one with --report.`,
      { cause },
    );
  }
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Falls through to the sentence below: what is no JSON does not fit the schema either.
  }
  const parsed = reportSchema.safeParse(json);
  if (!parsed.success)
    throw new SeaworthyError(
      'report-unreadable',
      `${file} is not a report of this version: ${parsed.error.issues[0]?.path.join('.') || 'not JSON'}.`,
    );
  return parsed.data;
}

/** The finding that an id, its last part or its beginning stands for. Throws `finding-not-found`. */
export function findingOf(report: Report, id: string): Finding {
  const found = report.findings.filter(
    (finding) => finding.id === id || finding.id.endsWith(`#${id.replace(/^#/, '')}`) || finding.id.startsWith(id),
  );
  const [only] = found;
  if (only && found.length === 1) return only;
  throw new SeaworthyError(
    'finding-not-found',
    found.length > 1
      ? `"${id}" stands for ${found.length} findings: ${found
          .slice(0, 5)
          .map((finding) => finding.id)
          .join(', ')}.`
      : `The report holds no finding "${id}".`,
  );
}

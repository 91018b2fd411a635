import type { Report } from '../model/report.ts';
import { toCycloneDx } from './cyclonedx.ts';
import { toHtml } from './html.ts';
import { toJson } from './json.ts';
import { toJunit } from './junit.ts';
import { toMarkdown } from './markdown.ts';
import { toSarif } from './sarif.ts';

/** Every way to write a report as a file, by the name that `--format` takes; each is a pure function of the report. */
export const writers = {
  json: toJson,
  html: toHtml,
  markdown: toMarkdown,
  sarif: toSarif,
  junit: toJunit,
  cyclonedx: toCycloneDx,
} as const satisfies Record<string, (report: Report) => string>;

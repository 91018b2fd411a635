import { defineCheck, fail, notApplicable, pass } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import { subjectsOf } from '../../model/flow-claims.ts';
import type { Subject } from '../../model/finding.ts';

type Call = EvidenceValue<'calls'>['calls'][number];

export default defineCheck({
  title: 'Uploads are limited, typed and served safely',
  control: 'security/uploads',
  severity: 'medium',
  cwe: [434, 400],
  standards: ['ASVS v5.0.0-5.2.1', 'ASVS v5.0.0-5.2.2', 'A06:2025'],
  why: 'A form that takes any file of any size fills the disk or the memory, and keeps pages and programs that others then open from your address. A name chosen by the sender replaces a file that was there.',
  remedy:
    'Set a size limit and a filter of types, keep files under names of your own (a UUID), outside the folder that is served, and send them with `Content-Disposition: attachment`.',
  needs: ['calls', 'flows'],
  *run({ calls, flows }) {
    const doors = calls.value.calls.filter(({ means }) => means === 'upload-parser');
    const named = flows.value.flows.filter(({ sink }) => sink === 'upload-name');
    if (doors.length === 0 && named.length === 0) {
      yield notApplicable('The code takes no uploads through a library that is known.');
      return;
    }
    const served = calls.value.calls.filter(({ means }) => means === 'static-files').map(({ args }) => folder(args[0]));
    for (const call of doors) {
      const subject: Subject = { kind: 'function', name: `${call.where.file} ${call.symbol.replace(/^.*npm:/, '').replace(/#.*$/, '')}` };
      const wrong = faultsOf(call, served);
      if (wrong.length === 0) yield pass('read', subject);
      else
        yield fail('read', subject, `Uploads ${wrong.map(({ text }) => text).join(', and ')}.`, {
          impact: wrong.some(({ kind }) => kind === 'served')
            ? 'A caller could leave a page here that runs scripts as whoever opens it.'
            : 'A caller could fill the disk or the memory, or leave files here that were never meant to be kept.',
          where: call.where,
          effect: wrong.map(({ kind }) => kind).join('+'),
          severity: wrong.length === 1 && wrong[0]?.kind === 'type' ? 'low' : 'medium',
        });
    }
    for (const flow of named) {
      for (const subject of subjectsOf(flow)) {
        if (flow.verdict === 'input')
          yield fail('read', subject, 'Uploads are kept under the name that their sender chose.', {
            impact: "A caller could replace another person's file, and choose its type by the ending.",
            where: flow.where,
            effect: 'name',
          });
        else yield pass('read', subject);
      }
    }
  },
});

/** What a parser of uploads lacks; an option that could not be followed is given the benefit of the doubt. */
function faultsOf(call: Call, served: readonly (string | null)[]): { kind: 'size' | 'type' | 'served'; text: string }[] {
  const options = call.args.find((one) => one.kind === 'object');
  if (call.args.length > 0 && options === undefined) return [];
  const keys = options?.kind === 'object' ? options.keys : {};
  if (options?.kind === 'object' && options.open) return [];
  const faults: ReturnType<typeof faultsOf> = [];
  const limits = keys['limits'];
  const sized = limits !== undefined && (limits.kind !== 'object' || limits.open || 'fileSize' in limits.keys);
  if (!sized && !/formidable|@fastify\/multipart/.test(call.symbol)) faults.push({ kind: 'size', text: 'have no size limit' });
  if (call.symbol.startsWith('npm:multer#')) {
    if (!('fileFilter' in keys)) faults.push({ kind: 'type', text: 'may be of any type' });
    const to = folder(keys['dest']);
    if (to !== null && served.includes(to) && !('fileFilter' in keys))
      faults.push({ kind: 'served', text: 'lie in a folder that is served' });
  }
  return faults;
}

/** The last part of a folder's path, where it is written. */
function folder(value: AbstractValue | undefined): string | null {
  const text = value?.kind === 'literal' ? String(value.value) : value?.kind === 'template' ? (value.parts.at(-1) ?? '') : '';
  return text.split(/[/\\]/).findLast((part) => part !== '' && part !== '.') ?? null;
}

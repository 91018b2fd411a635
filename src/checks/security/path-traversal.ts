import { defineCheck } from '../../model/check.ts';
import { claimsOfFlows, handedOver, inputNamed, sentence } from '../../model/flow-claims.ts';

export default defineCheck({
  title: 'File paths from input stay inside their folder',
  control: 'security/injection',
  severity: 'high',
  cwe: [22],
  standards: ['ASVS v5.0.0-5.3.2', 'A01:2025'],
  why: '`../` in a name leaves the folder that was meant. The server then reads, writes or deletes files that nobody offered: configuration, keys, its own code.',
  remedy:
    'Resolve the path and compare its beginning with the folder (`path.resolve(base, name)`, then `startsWith(base + path.sep)`), take `path.basename(name)`, or look the name up in a list.',
  needs: ['flows'],
  *run({ flows }) {
    yield* claimsOfFlows(flows, {
      rows: flows.value.flows.filter(({ sink }) => sink === 'file'),
      chosenBy: 'caller',
      what: 'The path of a file',
      nothing: 'The code opens no files by a name.',
      says: (flow) => ({
        message: `${sentence(inputNamed(flow.value))} decides which file is used (${flow.symbol.replace(/^.*#/, '')})${handedOver(flow)}; nothing keeps it inside its folder.`,
        impact: 'A caller could reach any file that the server can, by `../` in the name.',
      }),
    });
  },
});

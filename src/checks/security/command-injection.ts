import { defineCheck } from '../../model/check.ts';
import { claimsOfFlows, handedOver, inputNamed, sentence } from '../../model/flow-claims.ts';

export default defineCheck({
  title: 'No command is built from input',
  control: 'security/injection',
  severity: 'high',
  cwe: [78, 88],
  standards: ['ASVS v5.0.0-1.2.5', 'A05:2025'],
  why: "A shell reads more than the program's name: `;`, `|`, `$()` and line breaks start other programs. One file name or host from a form then runs whatever its sender writes, with the rights of the server.",
  remedy:
    'Start the program without a shell (execFile, spawn) and hand the values over as a list of arguments; where the program itself must vary, pick it from a fixed list in the code.',
  needs: ['flows'],
  *run({ flows }) {
    yield* claimsOfFlows(flows, {
      rows: flows.value.flows.filter(({ sink }) => sink === 'command' || sink === 'program'),
      chosenBy: 'caller',
      what: 'A command',
      nothing: 'The code starts no other programs.',
      says: (flow) => ({
        message:
          flow.sink === 'program'
            ? `Which program is started is chosen by ${inputNamed(flow.value)}${handedOver(flow)}.`
            : `${sentence(inputNamed(flow.value))} becomes part of a command that a shell reads${handedOver(flow)}.`,
        impact: 'Whoever can send this request can run programs on the server, read its files and use its credentials.',
      }),
    });
  },
});

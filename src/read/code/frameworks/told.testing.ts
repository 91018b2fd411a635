import type { Program } from '../../code.ts';
import { read } from '../program.testing.ts';

/** For tests: an application by the contents of its files. */
export type Files = Readonly<Record<string, string>>;

/** For tests: what is read of a Next.js application of these files. */
export function nextApplication(files: Files): Promise<Program> {
  return read({ 'next-env.ts': `import 'next';`, ...files });
}

/** For tests: what stands in front of each endpoint and inside it: `GET /x: authentication, role(admin)`. */
export function guarded(program: Program): string[] {
  return program.routes.map(({ id, guards, inline }) => {
    const told = [...guards, ...inline].map(
      (one) => `${one.does.join('+')}${one.roles.length > 0 ? `(${one.roles.join()})` : ''}${one.refuses ? '' : ' (never refuses)'}`,
    );
    return `${id}: ${told.join(', ') || '-'}`;
  });
}

/** For tests: the fields of all endpoints: `body.title:string!`, where `!` marks what is required. */
export function inputs(program: Program): string[] {
  return program.routes.flatMap(({ inputs: fields }) =>
    fields.map((one) => `${one.in}.${one.name}:${one.type}${one.required === true ? '!' : ''}`),
  );
}

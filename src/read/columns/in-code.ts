import type { DeclaredColumn } from '../../model/evidence/constructs.ts';
import type { Expr } from '../code/facts.ts';
import type { SourceFile } from '../code/value.ts';
import { chainOf, dotted, fieldsOf, packageOf, textOf, visitExpressions } from '../constructs/nodes.ts';
import type { Node } from '../constructs/nodes.ts';

type CallExpr = Extract<Expr, { k: 'call' }>;

/** The columns that a file's models and migrations declare by calls and decorators. */
export function columnsInCode(file: SourceFile): DeclaredColumn[] {
  const { facts, path } = file;
  const used = facts.imports.map(([specifier]) => specifier);
  const found: DeclaredColumn[] = [];
  const add = (source: DeclaredColumn['source'], table: string, column: string, type: string, line: number): void => {
    if (column === '' || column === '...' || column === '?') return;
    found.push({
      table,
      column,
      type: type.toLowerCase(),
      source,
      where: { file: path, line: Math.max(1, line), endLine: Math.max(1, line) },
    });
  };
  const uses = (pattern: RegExp): boolean => used.some((one) => pattern.test(one));
  const visit = (take: (call: CallExpr, node: Node) => void): void => {
    facts.functions.forEach(({ b, l }) => {
      visitExpressions(facts, b, l, (node) => {
        if (node.e.k === 'call') take(node.e, node);
      });
    });
    for (const { s, l } of facts.classes)
      visitExpressions(facts, Object.entries(s), l, (node) => {
        if (node.e.k === 'call') take(node.e, node);
      });
  };
  if (uses(/^drizzle-orm\/\w+-core$/))
    visit((call, { line }) => {
      if (!/^drizzle-orm\/\w+-core$/.test(packageOf(facts, call.f)) || !/(Table|^table)$/.test(dotted(facts, call.f))) return;
      const table = textOf(call.a[0]);
      if (table === null) return;
      for (const [name, value] of fieldsOf(facts, call.a[1])) {
        const [base] = chainOf(value);
        if (base !== undefined)
          add('drizzle', table, columnName(base) ?? name, dotted(facts, base.f).split('.').at(-1) ?? '', base.l || line);
      }
    });
  if (uses(/^(mongoose|@nestjs\/mongoose)$/)) {
    const models = new Map<string, string>();
    visit((call) => {
      const [name, schema] = [textOf(call.a[0]), call.a[1]];
      if (/(^|\.)model$/.test(dotted(facts, call.f)) && name !== null && schema?.k === 'var')
        models.set(facts.bindings[schema.b]?.n ?? '', name);
    });
    visit((call, { name }) => {
      if (call.nw !== 1 || !/(^|\.)Schema$/.test(dotted(facts, call.f))) return;
      const table = models.get(name ?? '') ?? (name ?? baseName(path)).replace(/schema$/i, '');
      for (const [field, value] of fieldsOf(facts, call.a[0])) {
        const typed = value.k === 'obj' ? value.p.find(([key]) => key === 'type')?.[1] : value;
        add('mongoose', table, field, typed === undefined ? '' : (dotted(facts, typed).split('.').at(-1) ?? ''), call.l);
      }
    });
  }
  if (uses(/^(sequelize|sequelize-typescript|@sequelize\/core)$/) || /(^|\/)(models|migrations)\//.test(path))
    visit((call) => {
      const callee = dotted(facts, call.f);
      const at =
        /(^|\.)(define|createTable)$/.test(callee) && call.f.k === 'get' && call.a[1]?.k !== 'fn'
          ? 1
          : call.f.k === 'get' && call.f.n === 'init'
            ? 0
            : -1;
      const table = at === 0 ? callee.split('.')[0] : textOf(call.a[0]);
      if (at === -1 || table === null || table === undefined) return;
      for (const [field, value] of fieldsOf(facts, call.a[at])) {
        const typed = value.k === 'obj' ? value.p.find(([key]) => key === 'type')?.[1] : value;
        const type = typed === undefined ? '' : dotted(facts, typed);
        if (/DataTypes|Sequelize/.test(type) || (typed !== undefined && /sequelize/.test(packageOf(facts, typed))))
          add('sequelize', table, field, type.split('.').at(-1) ?? '', call.l);
      }
    });
  const building = (call: CallExpr): void => {
    if (call.f.k !== 'get' || !/^(createTable|alterTable|table|createTableIfNotExists)$/.test(call.f.n)) return;
    const [table, build] = [textOf(call.a[0]), call.a[1]];
    const func = build?.k === 'fn' ? facts.functions[build.i] : undefined;
    const builder = func?.p[0]?.b;
    if (table === null || func === undefined || builder === undefined) return;
    visitExpressions(facts, func.b, func.l, ({ e, line }) => {
      if (
        e.k !== 'call' ||
        e.f.k !== 'get' ||
        e.f.o.k !== 'var' ||
        e.f.o.b !== builder ||
        /^(index|unique|foreign|primary|drop\w*|rename\w*)$/.test(e.f.n)
      )
        return;
      const column = textOf(e.a[0]);
      if (column !== null) add('knex', table, column, e.f.n, line);
    });
  };
  if (facts.alone.builds) visit(building);
  for (const one of facts.classes) {
    const entity = one.d?.c.find((decorator) => packageOf(facts, decorator) === 'typeorm' && dotted(facts, decorator).endsWith('Entity'));
    const schema = one.d?.c.find(
      (decorator) => packageOf(facts, decorator) === '@nestjs/mongoose' && dotted(facts, decorator).endsWith('Schema'),
    );
    if (entity === undefined && schema === undefined) continue;
    const given = entity?.k === 'call' ? entity.a[0] : undefined;
    const named = given?.k === 'obj' ? textOf(given.p.find(([key]) => key === 'name')?.[1]) : textOf(given);
    for (const [field, decorators] of Object.entries(one.d?.p ?? {})) {
      const column = decorators.find((decorator) => /(Column|Prop)$/.test(dotted(facts, decorator)));
      if (column === undefined) continue;
      const arg = column.k === 'call' ? column.a[0] : undefined;
      const options = arg?.k === 'obj' ? arg : column.k === 'call' && column.a[1]?.k === 'obj' ? column.a[1] : undefined;
      const option = (key: string): Expr | undefined => options?.p.find(([name]) => name === key)?.[1];
      const type = textOf(arg) ?? textOf(option('type')) ?? (option('type') === undefined ? '' : dotted(facts, option('type') as Expr));
      add(
        schema === undefined ? 'typeorm' : 'mongoose',
        named ?? one.n.replace(/(SchemaClass|Schema|Entity|Model)$/, ''),
        textOf(option('name')) ?? field,
        type,
        column.k === 'call' ? column.l : one.l,
      );
    }
  }
  return found;
}

function baseName(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/\..*$/, '');
}

function columnName(call: CallExpr): string | null {
  return textOf(call.a[0]);
}

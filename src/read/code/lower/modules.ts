import type { Expression, Statement } from 'oxc-parser';
import { lowerNamed } from './expressions.ts';
import type { Stmt } from '../facts.ts';
import type { Lowering } from './lowering.ts';
import { moduleName, namesOf } from './syntax.ts';

/** Imports and exports. */
export function lowerModuleStatement(to: Lowering, node: Statement, out: Stmt[], l: number): void {
  switch (node.type) {
    case 'ImportDeclaration':
      to.imports.push([node.source.value, l, node.importKind === 'type']);
      break;
    case 'TSImportEqualsDeclaration':
      if (node.moduleReference.type === 'TSExternalModuleReference') {
        const m = node.moduleReference.expression.value;
        to.imports.push([m, l, false]);
        to.source(to.bind(node.id.name), { e: { k: 'imp', m, n: '=' } });
      }
      break;
    case 'ExportNamedDeclaration':
      if (node.declaration !== null) {
        const inner = node.declaration as Statement;
        to.statement(inner, out);
        if (inner.type === 'VariableDeclaration') {
          for (const declarator of inner.declarations) for (const name of namesOf(declarator.id)) to.export(name, to.name(name));
        } else if ('id' in inner && inner.id !== null && inner.id !== undefined && inner.id.type === 'Identifier') {
          if (inner.type === 'FunctionDeclaration' || inner.type === 'ClassDeclaration' || inner.type === 'TSEnumDeclaration') {
            to.export(inner.id.name, to.name(inner.id.name));
          }
        }
      } else if (node.source !== null) {
        to.imports.push([node.source.value, l, node.exportKind === 'type']);
        for (const specifier of node.specifiers) {
          to.export(moduleName(specifier.exported), { k: 'imp', m: node.source.value, n: moduleName(specifier.local) });
        }
      } else {
        for (const specifier of node.specifiers) to.export(moduleName(specifier.exported), to.name(moduleName(specifier.local)));
      }
      break;
    case 'ExportAllDeclaration':
      to.imports.push([node.source.value, l, node.exportKind === 'type']);
      if (node.exported === null) to.stars.push(node.source.value);
      else to.export(moduleName(node.exported), { k: 'imp', m: node.source.value, n: '*' });
      break;
    case 'ExportDefaultDeclaration': {
      const inner = node.declaration;
      if (inner.type === 'FunctionDeclaration') {
        const name = inner.id?.name ?? 'default';
        to.export('default', inner.id === null ? { k: 'fn', i: to.function(inner, name) } : to.name(name));
      } else if (inner.type === 'ClassDeclaration') {
        if (inner.id !== null) {
          to.statement(inner, out);
          to.export('default', to.name(inner.id.name));
        } else to.export('default', { k: 'cls', i: to.class(inner, 'default') });
      } else if (inner.type !== 'TSInterfaceDeclaration') {
        exportValue(to, 'default', inner as Expression, out, l);
      }
      break;
    }
    case 'TSExportAssignment':
      exportValue(to, '=', node.expression, out, l);
      break;
  }
}

/** An exported expression becomes a binding, so that it is evaluated once. */
export function exportValue(to: Lowering, name: string, node: Expression, out: Stmt[], l: number): void {
  const e = lowerNamed(to, node, name === '=' ? null : name);
  if (e.k === 'var' || e.k === 'fn' || e.k === 'imp' || e.k === 'cls') {
    to.export(name, e);
    return;
  }
  const binding = to.bind(`%${to.bindings.length}`);
  out.push({ k: 'def', b: binding, j: to.source(binding, { e }), l });
  to.export(name, { k: 'var', b: binding });
}

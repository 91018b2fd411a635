import type { Expr } from '../facts.ts';
import type { Lowering } from './lowering.ts';

/** `module.exports = x`, `module.exports.x = y`, `exports.x = y`. */
export function lowerCommonExport(to: Lowering, member: Extract<Expr, { k: 'get' }>, value: Expr): boolean {
  if (member.o.k === 'glo' && member.o.n === 'module' && member.n === 'exports') {
    if (value.k === 'fn' || value.k === 'var' || value.k === 'imp' || value.k === 'cls') to.export('=', value);
    else {
      const binding = to.bindings.length;
      to.bindings.push({ n: `%${binding}`, f: 0, v: [{ e: value }] });
      to.export('=', { k: 'var', b: binding });
    }
    return value.k !== 'call';
  }
  const onExports = member.o.k === 'glo' && member.o.n === 'exports';
  const onModule = member.o.k === 'get' && member.o.n === 'exports' && member.o.o.k === 'glo' && member.o.o.n === 'module';
  if (onExports || onModule) {
    if (value.k === 'call' || value.k === 'obj') {
      const binding = to.bindings.length;
      to.bindings.push({ n: member.n, f: 0, v: [{ e: value }] });
      to.export(member.n, { k: 'var', b: binding });
    } else to.export(member.n, value);
    return value.k !== 'call';
  }
  return false;
}

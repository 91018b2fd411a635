import type { Value } from '../value.ts';
import type { Place } from '../../../model/words.ts';

/** A column as the application declares it. */
export interface DeclaredColumn {
  readonly name: string;
  /** As the library calls it: `varchar`, `Json`, `DataTypes.INTEGER`. */
  readonly type: string;
  readonly unique: boolean;
  /** Says which shape a document in it has. */
  readonly shaped: boolean;
}

/** A table as the application declares it. */
export interface DeclaredTable {
  readonly name: string;
  readonly where: Place;
  /** By the name that the code uses. */
  readonly columns: Map<string, DeclaredColumn>;
  /** Sets of columns that occur once, by their names in the database. */
  readonly uniques: string[][];
}

/** The tables that the application declares, by model and by name. */
export class Tables {
  private readonly byModel = new Map<string, DeclaredTable>();
  private readonly byName = new Map<string, DeclaredTable>();

  /** `model` is what the code calls it, with the family before it: `prisma:user`. */
  declare(model: string, table: DeclaredTable): void {
    this.byModel.set(model, table);
    if (!this.byName.has(table.name)) this.byName.set(table.name, table);
  }

  of(model: string): DeclaredTable | undefined {
    return this.byModel.get(model);
  }

  /** By its name in the database. */
  named(name: string): DeclaredTable | undefined {
    return this.byName.get(name);
  }

  all(): DeclaredTable[] {
    return [...this.byName.values()];
  }
}

/** Where a value came from among rows that were read: the statement (as `file:number`) and the column. */
export interface RowColumn {
  readonly at: string;
  readonly column: string | null;
}

/** The columns of rows that a value was made of. */
export function rowsIn(value: Value, found: RowColumn[] = [], depth = 0): RowColumn[] {
  if (depth > 6 || found.length > 12) return found;
  const each = (values: Iterable<Value>) => {
    for (const one of values) rowsIn(one, found, depth + 1);
  };
  if (value.k === 'result') {
    const last = value.path.findLast((part) => !/^(\d+|\*|rows|data|length)$/.test(part));
    if (value.at !== undefined && !found.some((one) => one.at === value.at && one.column === (last ?? null)))
      found.push({ at: value.at, column: last ?? null });
    if (value.symbol === 'schema') each(value.args);
  } else if (value.k === 'guarded') rowsIn(value.of, found, depth + 1);
  else if (value.k === 'tpl') each(value.holes);
  else if (value.k === 'either') each(value.of);
  else if (value.k === 'arr') each(value.items);
  else if (value.k === 'obj') each(value.keys.values());
  return found;
}

/** True when the application calculates it. */
export function isCalculated(value: Value, depth = 0): boolean {
  if (depth > 6) return false;
  if (value.k === 'guarded') return /^[-+*/%]$/.test(value.op ?? '') || isCalculated(value.of, depth + 1);
  if (value.k === 'either') return value.of.some((one) => isCalculated(one, depth + 1));
  // `row.count + amount`, where the amount might be text.
  return value.k === 'tpl' && value.holes.length > 1 && value.parts.every((part) => part === '');
}

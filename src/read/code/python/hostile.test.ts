import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceSchemas } from '../../../model/evidence/index.ts';
import { ids, read } from '../program.testing.ts';

const sources = [
  `import os, jwt
from functools import wraps
from flask import Flask, Blueprint, request, session, redirect, abort
from .models import *
app = Flask(__name__)
bp = Blueprint('b', __name__, url_prefix='/b')
def guard(*roles):
    def outer(f):
        @wraps(f)
        def inner(*args, **kwargs):
            if not session.get('user') or session['role'] not in roles:
                abort(403)
            return f(*args, **kwargs)
        return inner
    return outer
class View(Base, Mixin):
    x: int = 1
    def get(self, id=None):
        self.items = [f"{a!r:>{w}}" for a, b in request.args.items() if a]
        try:
            with open(os.path.join('x', id)) as f, g() as h:
                yield f.read() % {'a': 1}
        except (KeyError, ValueError) as e:
            raise
        finally:
            pass
@bp.route('/<int:id>', methods=['GET', 'POST'])
@guard('admin')
async def one(id):
    match request.method:
        case 'POST': return await run(id), 201
        case _: return {'id': id, **extra}
app.register_blueprint(bp)
`,
  `from fastapi import FastAPI, Depends, APIRouter
from pydantic import BaseModel
app = FastAPI(); router = APIRouter(prefix='/r')
class Item(BaseModel):
    name: str
    inner: 'Item' = None
def user(token: str = Depends(lambda request: request.headers['x'])): return token
@router.post('/{id}', dependencies=[Depends(user)])
def change(id: int, item: Item, q: list[str] | None = None):
    db.execute("UPDATE x SET a = '%s'" % item.name)
    return -id ** 2 if not id in q and q or id else lambda *a, **k: (yield)
app.include_router(router)
`,
];
const pieces = [
  '(',
  ')',
  '[',
  ']',
  '{',
  ':',
  '\n',
  '\n    ',
  '"""',
  "f'{",
  "'",
  'not ',
  'and ',
  'lambda: ',
  'def f(x):\n',
  'class A(A): pass\n',
  '@one\n',
  'from . import *\n',
  'one = one\n',
  'self',
  '**',
  '=',
  'one(one)\n',
  'app = app\n',
  'return ',
  'yield ',
  'except:\n',
  'global app\n',
  '\u0000',
  '\t',
];

describe('hostile Python', () => {
  it.each([
    ['brackets', `x = ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['negations', `x = ${'not '.repeat(20_000)}1`],
    ['sums', `x = ${'1 + '.repeat(20_000)}1`],
    ['conditions', `x = ${'1 if a else '.repeat(20_000)}1`],
    ['blocks', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}if a:`).join('\n')],
    ['branches', `if a: pass\n${'elif b: pass\n'.repeat(5000)}`],
    ['calls', `x = a${'(1)'.repeat(10_000)}`],
    ['members', `x = a${'.b'.repeat(10_000)}`],
    ['decorators', `${'@a\n'.repeat(5000)}def f(): pass`],
    ['strings', `x = ${"f'{".repeat(3000)}`],
  ])('leaves out what nests too deeply (%s) or reads it, and reads the rest', async (_, text) => {
    const program = await read({
      'bad.py': text,
      'good.py': "from flask import Flask\napp = Flask(__name__)\n@app.get('/x')\ndef x(): return 'x'\n",
    });
    expect(ids(program)).toEqual(['GET /x']);
  });

  it('never throws on mutated sources', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.constantFrom(...pieces)), { minLength: 1, maxLength: 6 }),
        async (edits) => {
          const files = sources.map((source, index) =>
            edits.reduce(
              (text, [at, cut, piece], n) =>
                n % 2 === index ? text.slice(0, at % text.length) + piece + text.slice((at % text.length) + cut) : text,
              source,
            ),
          );
          const program = await read({ 'web/__init__.py': '', 'web/app.py': files[0] ?? '', 'web/api.py': files[1] ?? '' });
          evidenceSchemas.routes.parse({ routes: program.routes });
          evidenceSchemas.queries.parse({ queries: program.queries, declared: program.declared, rowSecurity: program.rowSecurity });
          evidenceSchemas.calls.parse({ calls: program.calls });
          evidenceSchemas.flows.parse({ flows: program.flows });
        },
      ),
      { numRuns: 300 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { pythonPairs } from '../../../../test/corpus/flows/python.ts';
import type { PythonPair } from '../../../../test/corpus/flows/python.ts';
import { ids, read } from '../program.testing.ts';

const imports = `import ast, json, os, pickle, shlex, sqlite3, subprocess
import psycopg2, requests, yaml
from urllib.parse import urlsplit
from flask import Flask, abort, redirect, render_template_string, request, send_file, url_for
from sqlalchemy import create_engine, text
from werkzeug.utils import secure_filename
app = Flask(__name__)
`;

/** Pairs of which one side is judged wrongly; what is mended leaves the list. */
const knownWrong: readonly string[] = [];

async function reaches(pair: PythonPair, side: 'tainted' | 'safe'): Promise<boolean> {
  const { flows } = await read({
    'app.py': `${imports}${pair.around ?? ''}\n@app.route('/x/<id>', methods=['POST'])\ndef x(id):\n    ${pair[side]}\n    return 'ok'\n`,
  });
  return flows.some(({ sink, verdict }) => sink === pair.sink && verdict === 'input');
}

describe('flows in Python', () => {
  it('are judged rightly on both sides of the corpus', async () => {
    const wrong: string[] = [];
    for (const pair of pythonPairs) {
      if (!(await reaches(pair, 'tainted'))) wrong.push(`${pair.name}: missed`);
      if (await reaches(pair, 'safe')) wrong.push(`${pair.name}: told of the safe side`);
    }
    expect(wrong).toEqual(knownWrong);
  });
});

describe('endpoints in Python', () => {
  it('puts prefixes of routers and applications of FastAPI together', async () => {
    const program = await read({
      'app/__init__.py': '',
      'app/api.py':
        "from fastapi import APIRouter\nrouter = APIRouter(prefix='/notes')\n@router.get('/{id}')\ndef one(id: int): ...\n@router.api_route('', methods=['PUT', 'PATCH'])\ndef change(): ...\n",
      'app/main.py':
        "from fastapi import FastAPI\nfrom app import api\nfrom app.config import settings\napp = FastAPI()\napp.include_router(api.router, prefix=settings.API)\nadmin = FastAPI()\n@admin.get('/stats')\ndef stats(): ...\napp.mount('/admin', admin)\n",
      'app/config.py':
        "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    API: str = '/api'\nsettings = Settings()\n",
    });
    expect(ids(program).sort()).toEqual(['GET /admin/stats', 'GET /api/notes/:id', 'PATCH /api/notes', 'PUT /api/notes']);
  });

  it('reads blueprints, rules and classes of views of Flask', async () => {
    const program = await read({
      'app.py':
        "from flask import Flask\nfrom flask.views import MethodView\nfrom notes import bp\ndef create_app():\n    app = Flask(__name__)\n    app.register_blueprint(bp, url_prefix='/v1')\n    app.add_url_rule('/ping', view_func=ping, methods=['GET'])\n    app.add_url_rule('/users/<int:id>', view_func=Users.as_view('users'))\n    return app\ndef ping(): return 'pong'\nclass Users(MethodView):\n    def get(self, id): return {}\n    def delete(self, id): return {}\n",
      'notes.py':
        "from flask import Blueprint\nbp = Blueprint('notes', __name__, url_prefix='/notes')\n@bp.route('/', methods=['GET', 'POST'])\ndef notes(): return {}\n",
    });
    expect(ids(program).sort()).toEqual(['DELETE /users/:id', 'GET /ping', 'GET /users/:id', 'GET /v1/', 'POST /v1/']);
  });

  it('follows the patterns of Django through include, routers and methods', async () => {
    const program = await read({
      'site/settings.py': "ROOT_URLCONF = 'site.urls'\n",
      'site/urls.py':
        "from django.urls import include, path, re_path\nfrom notes.views import about, edit\nurlpatterns = [path('api/', include('notes.urls'))]\nurlpatterns += [re_path(r'^about/(?P<lang>[a-z]+)/$', about), path('edit/<slug:name>/', edit)]\n",
      'notes/urls.py':
        "from rest_framework.routers import DefaultRouter\nfrom .views import Notes\nrouter = DefaultRouter()\nrouter.register('notes', Notes)\nurlpatterns = router.urls\n",
      'notes/views.py':
        "from django.http import HttpResponse, HttpResponseNotAllowed\nfrom django.views.decorators.http import require_GET\nfrom rest_framework import viewsets\nfrom rest_framework.decorators import action\n@require_GET\ndef about(request, lang): return HttpResponse('x')\ndef edit(request, name):\n    if request.method == 'POST':\n        return HttpResponse('saved')\n    return HttpResponse('form')\nclass Notes(viewsets.ReadOnlyModelViewSet):\n    @action(detail=True, methods=['post'])\n    def publish(self, request, pk=None): ...\n",
    });
    expect(ids(program).sort()).toEqual([
      'GET /about/:lang/',
      'GET /api/notes/',
      'GET /api/notes/:pk/',
      'GET /edit/:name/',
      'POST /api/notes/:pk/publish/',
      'POST /edit/:name/',
    ]);
  });

  it('takes fields and their types from classes of pydantic', async () => {
    const program = await read({
      'main.py':
        "from fastapi import FastAPI\nfrom pydantic import BaseModel, EmailStr, Field\nfrom typing import Optional\napp = FastAPI()\nclass Base(BaseModel):\n    email: EmailStr\nclass User(Base):\n    age: Optional[int] = None\n    name: str = Field(..., max_length=9)\n@app.post('/users')\ndef create(user: User, dry: bool = False):\n    return user.name\n",
    });
    const [route] = program.routes;
    expect(route?.validated).toBe(true);
    expect(route?.inputs.map(({ in: at, name, type, format, required }) => [at, name, type, format, required])).toEqual([
      ['body', 'age', 'integer', null, false],
      ['body', 'email', 'string', 'email', true],
      ['body', 'name', 'string', null, true],
      ['query', 'dry', 'boolean', null, false],
    ]);
  });

  it('says of a file that it cannot read which line stops it, and reads the others', async () => {
    const program = await read({
      'bad.py': 'def f(:\n  pass\n',
      'ok.py': "from flask import Flask\napp = Flask(__name__)\n@app.get('/x')\ndef x(): return 'x'\n",
    });
    expect(ids(program)).toEqual(['GET /x']);
    expect(program.gaps).toEqual([{ file: 'bad.py', reason: 'syntax error on line 1' }]);
  });
});

/**
 * The same in Python: on one side what a caller sends reaches a sink, on the other it does not, or can do no harm there. Each side is the body
 * of a view of Flask at `/x/<id>`; `around` stands before it.
 */
export interface PythonPair {
  readonly name: string;
  readonly sink: string;
  readonly tainted: string;
  readonly safe: string;
  readonly around?: string;
}

const pair = (name: string, sink: string, tainted: string, safe: string, around?: string): PythonPair => ({
  name,
  sink,
  tainted,
  safe,
  ...(around === undefined ? {} : { around }),
});

export const pythonPairs: readonly PythonPair[] = [
  pair('a shell', 'command', 'os.system("ls " + request.args.get("d"))', 'os.system("ls " + os.environ["DIR"])'),
  pair('an f-string', 'command', 'os.system(f"ls {id}")', 'os.system(f"ls {int(id)}")'),
  pair('percent', 'command', 'os.system("ls %s" % request.form["d"])', 'os.system("kill %d" % request.form["d"])'),
  pair('format', 'command', 'os.system("ls {}".format(id))', 'os.system("ls {}".format(shlex.quote(id)))'),
  pair('format by name', 'command', 'os.system("ls {d}".format(d=id))', 'os.system("ls {d}".format(d="tmp"))'),
  pair('joined', 'command', 'os.system(" ".join(["ls", id]))', 'os.system(" ".join(["ls", "-l"]))'),
  pair('added to', 'command', 'c = "ls "\n    c += id\n    os.system(c)', 'c = "ls "\n    c += "-l"\n    os.system(c)'),
  pair('shell=True', 'command', 'subprocess.run(f"ping {id}", shell=True)', 'subprocess.run(["ping", id])'),
  pair('a helper', 'command', 'run(id)', 'run("ls")', 'def run(what):\n    return os.popen("sh -c " + what).read()\n'),
  pair('by keyword', 'command', 'run(what=id)', 'run(what="ls", other=id)', 'def run(what, other=None):\n    os.system(what)\n'),
  pair(
    'arguments handed on',
    'command',
    'run("ls", tail=id)',
    'run(id, tail="-l")',
    'def run(*args, **kwargs):\n    real(*args, **kwargs)\n\ndef real(head, tail):\n    os.system("ls " + tail)\n',
  ),
  pair(
    'a method',
    'command',
    'Runner(id).go()',
    'Runner("ls").go()',
    'class Runner:\n    def __init__(self, what):\n        self.what = what\n\n    def go(self):\n        os.system(self.what)\n',
  ),
  pair('one of a list', 'command', 'os.system(id)', 'if id not in ("ls", "df"):\n        abort(400)\n    os.system(id)'),
  pair('digits', 'command', 'os.system("kill " + id)', 'if not id.isdigit():\n        abort(400)\n    os.system("kill " + id)'),
  pair('a json body', 'command', 'os.system(request.get_json()["c"])', 'os.system(str(int(request.get_json()["c"])))'),
  pair(
    'with and try',
    'command',
    'try:\n        c = request.json.get("c")\n    except ValueError:\n        c = "ls"\n    os.system(c)',
    'try:\n        c = int(request.json.get("c"))\n    except ValueError:\n        c = 1\n    os.system("kill %s" % c)',
  ),
  pair(
    'a comprehension',
    'command',
    'os.system(" ".join([part for part in request.args.getlist("c")]))',
    'os.system(" ".join([str(len(part)) for part in request.args.getlist("c")]))',
  ),
  pair(
    'not before or',
    'command',
    'if not id or id == "x":\n        return "no"\n    os.system(id)',
    'if not id or id not in ALLOWED:\n        return "no"\n    os.system(id)',
    'ALLOWED = {"ls", "df"}\n',
  ),
  pair('code', 'code', 'eval(request.args["e"])', 'ast.literal_eval(request.args["e"])'),
  pair('pickles', 'code', 'pickle.loads(request.data)', 'json.loads(request.data)'),
  pair('yaml', 'code', 'yaml.load(request.data)', 'yaml.load(request.data, Loader=yaml.SafeLoader)'),
  pair('a file', 'file', 'open(os.path.join("files", id)).read()', 'open(os.path.join("files", secure_filename(id))).read()'),
  pair('a file sent', 'file', 'return send_file("files/" + id)', 'return send_file("files/" + os.path.basename(id))'),
  pair('an address', 'address', 'requests.get(request.args["url"])', 'requests.get("https://api.example.com/items/" + id)'),
  pair(
    'an address by name',
    'address',
    'requests.post(url=request.json["url"], json={})',
    'requests.post(url="https://example.com", json=request.json)',
  ),
  pair('a redirect', 'redirect', 'return redirect(request.args.get("next"))', 'return redirect(url_for("x", id=id))'),
  pair(
    'a redirect to here',
    'redirect',
    'return redirect(request.args.get("next") or "/")',
    'next_page = request.args.get("next")\n    if not next_page or urlsplit(next_page).netloc != "":\n        next_page = "/"\n    return redirect(next_page)',
  ),
  pair(
    'a template',
    'template',
    'return render_template_string("<h1>" + id + "</h1>")',
    'return render_template_string("<h1>{{ id }}</h1>", id=id)',
  ),
  pair(
    'a statement',
    'sql',
    'db().execute(f"SELECT * FROM notes WHERE id = {id}")',
    'db().execute("SELECT * FROM notes WHERE id = ?", (id,))',
    'def db():\n    return sqlite3.connect("x.db")\n',
  ),
  pair(
    'a statement in percent',
    'sql',
    'db().cursor().execute("SELECT * FROM notes WHERE name = \'%s\'" % id)',
    'db().cursor().execute("SELECT * FROM notes WHERE name = %s", (id,))',
    'def db():\n    return psycopg2.connect(os.environ["DATABASE_URL"])\n',
  ),
  pair(
    'text of sqlalchemy',
    'sql',
    'engine.connect().execute(text("SELECT * FROM notes WHERE name = \'" + id + "\'"))',
    'engine.connect().execute(text("SELECT * FROM notes WHERE name = :name"), {"name": id})',
    'engine = create_engine("sqlite://")\n',
  ),
  pair(
    'a column of a table',
    'sql',
    'db().execute("SELECT * FROM notes ORDER BY " + id)',
    'db().execute("SELECT * FROM notes ORDER BY " + {"a": "name", "b": "at"}.get(id, "name"))',
    'def db():\n    return sqlite3.connect("x.db")\n',
  ),
];

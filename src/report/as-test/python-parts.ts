/** What a test in Python says before it begins. `%` and `{}` of its own stand for themselves: nothing is formatted. */
export const parts = String.raw`
import base64
import hashlib
import hmac
import json
import os
import random
import re
import string
import time
import urllib.error
import urllib.request
from urllib.parse import quote, unquote, urlencode

import pytest

base_url = os.environ.get("BASE_URL", "http://localhost:PORT").rstrip("/")
lacking = [name for name in NEEDS if not os.environ.get(name)]


class Person:
    """Somebody who calls the application. What they write is found nowhere else in it, however often this runs."""

    def __init__(self):
        self.tag = "sw" + "".join(random.choices(string.ascii_lowercase, k=8))
        self.email = self.tag + "@example.com"
        self.password = "PASSWORD"
        self.headers = {}
        self.cookies = {}
        self.csrf = None


class Answer:
    def __init__(self, method, path, response):
        self.status = response.status if hasattr(response, "status") else response.code
        self.headers = response.headers
        self.text = response.read().decode("utf-8", "replace")
        self.what = method + " " + path + " answered " + str(self.status)
        try:
            self.json = json.loads(self.text)
        except ValueError:
            self.json = None


class NotStaged(Exception):
    """What has to work before anything can be said did not."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


opener = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))


def send(who, method, path, body=None, form=None, headers=None):
    """Sends a request with somebody's session and keeps the cookies of the answer, as a browser would."""
    sent = {"accept": "application/json", "x-forwarded-proto": "https", **who.headers}
    if who.csrf is not None and method not in ("GET", "HEAD"):
        token = csrf_token(who, path)
        sent.update({"x-csrf-token": token, "x-xsrf-token": token, "x-csrftoken": token, "referer": base_url + path})
        if form is not None:
            form = {**form, "_csrf": token, "csrfmiddlewaretoken": token}
    cookie = "; ".join([name + "=" + value for name, value in who.cookies.items()] + ([who.headers["cookie"]] if "cookie" in who.headers else []))
    if cookie:
        sent["cookie"] = cookie
    data = None
    if form is not None:
        data = urlencode({name: json.dumps(value) if isinstance(value, (dict, list)) else value for name, value in form.items()}).encode()
        sent["content-type"] = "application/x-www-form-urlencoded"
    elif body is not None:
        data = json.dumps(body).encode()
        sent["content-type"] = "application/json"
    sent.update(headers or {})
    request = urllib.request.Request(base_url + path, data=data, headers=sent, method=method)
    try:
        answer = Answer(method, path, opener.open(request, timeout=60))
    except urllib.error.HTTPError as error:
        answer = Answer(method, path, error)
    for line in answer.headers.get_all("set-cookie") or []:
        name, _, value = line.split(";")[0].partition("=")
        who.cookies[name.strip()] = value
    if answer.status == 429:
        raise NotStaged(answer.what + "; a rate limit says nothing about who may do what")
    return answer


def must(who, method, path, **sent):
    """The same for what has to work before anything can be said."""
    answer = send(who, method, path, **sent)
    if answer.status >= 400:
        raise NotStaged(answer.what + ": " + answer.text[:300])
    return answer


def works(answer, because):
    """Fails where somebody is refused what is theirs. Where the request itself no longer fits, nothing is said about who may send it."""
    if answer.status in (400, 409, 410, 413, 415, 422):
        raise NotStaged(answer.what + ": the application takes other requests by now, adapt them here: " + answer.text[:300])
    assert answer.status < 400, because + ": " + answer.what


def csrf_token(who, path):
    """A token against forgery by other sites, from where the application hands it out."""
    for page in [path.split("?")[0], who.csrf]:
        answer = send(who, "GET", page, headers={"accept": "text/html, application/json"})
        field = re.search(r"<(?:input|meta)\b[^>]*\bname=[\"'](?:_?csrf(?:[-_]?token)?|csrfmiddlewaretoken|authenticity_token|_token)[\"'][^>]*>", answer.text, re.I)
        value = field and re.search(r"\b(?:value|content)=[\"']([^\"']{8,})[\"']", field.group(0), re.I)
        in_json = re.search(r'"(?:_?csrf(?:_?token)?|xsrf_?token|csrfToken|token)"\s*:\s*"([^"\\]{8,})"', answer.text, re.I)
        cookie = next((unquote(one) for name, one in who.cookies.items() if re.search(r"[xc]srf[-_]?token$", name, re.I)), None)
        token = (in_json and in_json.group(1)) or (value and value.group(1)) or answer.headers.get("x-csrf-token") or cookie
        if token:
            return token
    raise NotStaged("no token against forgery was handed out")


def inside(value, place):
    for name in place.split(".") if place else []:
        if isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict) and name in value:
            value = value[name]
        else:
            raise NotStaged("nothing stands at " + place)
    return value


def at(answer, place):
    """What stands at a place of an answer, such as order.id."""
    return inside(answer.json, place)


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def encoded(part):
    return base64.urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).rstrip(b"=").decode()


def claim(token, place):
    """What a JSON Web Token claims."""
    return inside(decoded(token.split(".")[1]), place)


def signed(header, claims, secret):
    text = encoded({**header, "alg": "HS256", "typ": "JWT"}) + "." + encoded(claims)
    return text + "." + base64.urlsafe_b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()


def forge(who, other, how, secret=""):
    """Gives somebody the other's JSON Web Token: as it is, or in a form that proves nothing."""
    everywhere = list(other.headers.items()) + [("cookie", name + "=" + value) for name, value in other.cookies.items()]
    for header, value in everywhere:
        found = re.search(r"([\w-]{8,})\.([\w-]{8,})\.[\w-]{8,}", value)
        if not found:
            continue
        head, claims, now = found.group(1), found.group(2), int(time.time())
        token = {
            "same": lambda: found.group(0),
            "forged": lambda: signed(decoded(head), decoded(claims), "nobody gave this secret"),
            "unsigned": lambda: encoded({"alg": "none", "typ": "JWT"}) + "." + claims + ".",
            "expired": lambda: signed(decoded(head), {**decoded(claims), "iat": now - 7200, "exp": now - 3600}, secret),
        }[how]()
        who.headers[header] = value.replace(found.group(0), token)
        return
    raise NotStaged("the session is no JSON Web Token any more")


def query(text, parameters):
    """Rows of the application's database."""
    url = os.environ["DATABASE_URL"]
    if url.startswith("postgres"):
        try:
            import psycopg as driver
        except ImportError:
            import psycopg2 as driver
        connection = driver.connect(re.sub(r"^postgres(ql)?(\+\w+)?:", "postgresql:", url))
        text = re.sub(r"\$(\d+)", r"%(p\1)s", text.replace("%", "%%"))
        given = {"p" + str(index + 1): None if value is None else str(value) for index, value in enumerate(parameters)}
    else:
        import sqlite3

        connection = sqlite3.connect(re.sub(r"^(file|sqlite\w*(\+\w+)?):(///)?", "", url))
        text = re.sub(r"\$(\d+)", r"?\1", text)
        given = parameters
    try:
        cursor = connection.cursor()
        cursor.execute(text, given)
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row)) for row in cursor.fetchall()] if names else []
        connection.commit()
        return rows
    finally:
        connection.close()


def first(rows):
    if not rows:
        raise NotStaged("the row is not there")
    return rows[0]


def shows(answer, texts):
    """Whether one of these texts stands in an answer."""
    return any(form in answer.text for text in texts for form in (text, quote(text, safe=""), text.replace("@", "&#64;")))


def leaves(value, place=""):
    if isinstance(value, dict):
        return {key: leaf for name, inner in value.items() for key, leaf in leaves(inner, place + "." + name).items()}
    if isinstance(value, list):
        return {key: leaf for index, inner in enumerate(value) for key, leaf in leaves(inner, place + "." + str(index)).items()}
    return {place: value}


def changes(before, again, after):
    """What two answers before agree on and the one after says otherwise."""
    one, two, three = leaves(before.json), leaves(again.json), leaves(after.json)
    missing = object()
    return [place for place, value in one.items() if two.get(place, missing) == value and three.get(place, missing) != value]


def under(value, name):
    """Texts under a name, wherever they stand in an answer."""
    if isinstance(value, dict):
        return [one for key, inner in value.items() for one in ([inner] if key == name and isinstance(inner, str) and len(inner) >= 8 else under(inner, name))]
    return [one for inner in value for one in under(inner, name)] if isinstance(value, list) else []


def same(stored, sent):
    """Databases write t and 12.00 where JSON has true and 12."""
    a, b = str(stored), str(sent)
    if a.lower() == b.lower() or (b == "true" and a in ("t", "1")) or (b == "false" and a in ("f", "0")):
        return True
    try:
        return float(a) == float(b)
    except ValueError:
        return False


def moves(still, moved, place):
    """Whether a figure stands still but for what was added, and moves in proportion to it."""

    def figure(answer):
        try:
            return float(inside(answer.json, place)) if answer.status < 300 else float("nan")
        except (NotStaged, TypeError, ValueError):
            return float("nan")

    base = figure(still[0])
    slopes = [(figure(answer) - base) / by for answer, by in moved]
    return all(figure(answer) == base for answer in still) and slopes[0] != 0 and all(abs(one - slopes[0]) <= abs(slopes[0]) * 1e-3 for one in slopes)


def weak(stored, password):
    """Whether what is stored gives a password away: itself, or a hash that is made in no time, with or without a salt beside it."""
    text = str(stored)
    parts = [part for part in re.split(r"[:.$]", text) if part]

    def digests(plain):
        made = [hashlib.new(name, plain.encode()).digest() for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")]
        return [one.hex() for one in made] + [base64.b64encode(one).decode() for one in made]

    salted = [one for part in parts for plain in (part + password, password + part) for one in digests(plain)]
    return text in (password, base64.b64encode(password.encode()).decode()) or text in digests(password) or any(part in salted for part in parts)
`;

#!/usr/bin/env python3
"""Alertmanager for Watchfire, as a plugin: reads alerts and silences, writes and ends silences.

Python's standard library only. Watchfire has Alertmanager built in; this shows how a system that it does not know is
added. Copy it, and replace what stands under "The backend".

    [[source]]
    name = "prod"
    kind = "plugin"
    [source.plugin]
    command = ["/usr/local/libexec/watchfire/alertmanager.py"]
    config = { url = "http://alertmanager.example.org:9093" }
"""

import json
import queue
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

LINE_MAX = 4 * 1024 * 1024
PART = 200


class Failure(Exception):
    """An answer that is an error: see "Errors" in the protocol."""

    def __init__(self, code, message, **data):
        super().__init__(message)
        self.code, self.data = code, data


# --- The protocol -------------------------------------------------------------------------------------------------


class Plugin:
    """One line in, one line out. Questions are worked on by threads, so that one that hangs holds up no other."""

    def __init__(self, methods):
        self.methods = methods
        self.lock = threading.Lock()
        self.cancelled = set()
        self.secrets = {}
        self.count = 0
        self.answers = {}

    def send(self, message):
        line = json.dumps({"jsonrpc": "2.0", **message}, allow_nan=False)
        with self.lock:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    def log(self, level, text):
        print(f"{level}! {text}", file=sys.stderr, flush=True)

    def secret(self, name):
        """Asked for when it is needed, never kept."""
        reference = self.secrets.get(name, {}).get("$ref")
        if reference is None:
            return None
        with self.lock:
            self.count += 1
            ident = f"p{self.count}"
            waiting = self.answers[ident] = queue.Queue(1)
        self.send({"id": ident, "method": "host/secret", "params": {"ref": reference}})
        try:
            answer = waiting.get(timeout=5)
        except queue.Empty:
            raise Failure(-32011, "the secret did not come") from None
        if "error" in answer:
            raise Failure(-32011, answer["error"].get("message", "the secret is refused"))
        return answer["result"]["value"]

    def serve(self):
        for line in sys.stdin:
            try:
                message = json.loads(line)
                if not isinstance(message, dict):
                    raise ValueError("it is no object")
            except ValueError as error:
                self.log("W", f"a line that is no message: {error}")
                continue
            if "method" not in message:
                with self.lock:
                    waiting = self.answers.pop(message.get("id"), None)
                if waiting:
                    waiting.put(message)
            elif message["method"] == "$/cancel":
                self.cancelled.add((message.get("params") or {}).get("id"))
            elif "id" in message:
                threading.Thread(target=self.answer, args=(message,), daemon=True).start()

    def answer(self, message):
        ident, params = message["id"], message.get("params") or {}
        if not isinstance(ident, str):
            return
        try:
            method = self.methods.get(message["method"])
            if method is None:
                raise Failure(-32601, f"there is no method {message['method']}")
            result = method(self, params)
            items = result.pop("items", [])
            if ident in self.cancelled:
                raise Failure(-32800, "cancelled")
            for seq, start in enumerate(range(0, len(items), PART)):
                part = items[start : start + PART]
                self.send({"method": "$/partial", "params": {"id": ident, "seq": seq, "items": part}})
            self.send({"id": ident, "result": result})
        except Failure as failure:
            data = {"user_message": str(failure), **failure.data}
            self.send({"id": ident, "error": {"code": failure.code, "message": str(failure), "data": data}})
        except Exception as error:  # one question that fails is no reason to end
            self.log("E", f"{message['method']}: {error!r}")
            self.send({"id": ident, "error": {"code": -32603, "message": repr(error)}})
        finally:
            self.cancelled.discard(ident)


# --- The backend --------------------------------------------------------------------------------------------------

URL = "http://127.0.0.1:9093"


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token goes to nobody else."""

    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirects)


def call(plugin, path, body=None, method=None):
    request = urllib.request.Request(f"{URL}/api/v2/{path}", method=method)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    token = plugin.secret("token")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with OPENER.open(request, timeout=8) as answer:
            text = answer.read(64 * 1024 * 1024)
    except urllib.error.HTTPError as error:
        words = error.read(2000).decode("utf-8", "replace").strip() or error.reason
        if error.code in (401, 403):
            raise Failure(-32011, words) from None
        if error.code == 429:
            seconds = error.headers.get("Retry-After", "60")
            raise Failure(-32012, words, retry_after_ms=1000 * int(seconds) if seconds.isdigit() else 60000) from None
        if error.code == 404:
            raise Failure(-32013, words) from None
        code = -32010 if error.code >= 500 else -32020
        raise Failure(code, f"{error.code}: {words}") from None
    except OSError as error:
        raise Failure(-32010, f"{URL}: {error}") from None
    try:
        return json.loads(text) if text else None
    except ValueError as error:
        raise Failure(-32018, f"{URL} answered no JSON: {error}") from None


def initialize(plugin, params):
    global URL
    URL = (params.get("config", {}).get("url") or URL).rstrip("/")
    plugin.secrets = params.get("secrets") or {}
    return {
        "protocol": 1,
        "plugin": {"name": "alertmanager.py", "version": "1"},
        "capabilities": {
            "alerts": {"watch": {"mode": "poll", "floor_ms": 5000}},
            "ack": {"mode": "suppress"},
            "suppress": {"by": "matchers", "write": True},
        },
    }


def alert(given):
    status = given["status"]
    return {
        "key": given["fingerprint"],
        "state": "suppressed" if status["state"] == "suppressed" else "firing",
        "labels": given["labels"],
        "annotations": given["annotations"],
        "started_at": given["startsAt"],
        "silenced_by": status["silencedBy"],
        "inhibited_by": status["inhibitedBy"],
        "receivers": [r["name"] for r in given["receivers"]],
        "urls": {"source": given.get("generatorURL") or None},
    }


def alerts(plugin, _params):
    items, warnings = [], []
    for index, given in enumerate(call(plugin, "alerts")):
        try:
            items.append(alert(given))
        except (KeyError, TypeError) as error:  # one that cannot be read hides no other
            warnings.append({"at": f"alerts[{index}]", "why": f"it lacks {error}"})
    return {"items": items, "complete": not warnings, "warnings": warnings}


def operator(matcher):
    sign = "=" if matcher.get("isEqual", True) else "!"
    return sign + "~" if matcher["isRegex"] else {"=": "=", "!": "!="}[sign]


def silence(given):
    return {
        "id": given["id"],
        "matchers": [{"name": m["name"], "op": operator(m), "value": m["value"]} for m in given["matchers"]],
        "starts_at": given["startsAt"],
        "ends_at": given["endsAt"],
        "created_by": given["createdBy"],
        "comment": given["comment"],
        "state": given["status"]["state"],
    }


def silences(plugin, _params):
    return {"items": [silence(s) for s in call(plugin, "silences")], "complete": True}


def one_silence(plugin, params):
    try:
        return {"silence": silence(call(plugin, "silence/" + urllib.parse.quote(params["id"], safe="")))}
    except Failure as failure:
        if failure.code == -32013:
            return {"silence": None}
        raise


def put(plugin, params):
    draft = params["silence"]
    matchers = [
        {"name": m["name"], "value": m["value"], "isRegex": m["op"].endswith("~"), "isEqual": m["op"][0] == "="}
        for m in draft["matchers"]
    ]
    body = {
        "id": draft.get("id"),
        "matchers": matchers,
        "startsAt": draft["starts_at"],
        "endsAt": draft["ends_at"],
        "createdBy": draft["created_by"],
        "comment": draft["comment"],
    }
    return {"id": call(plugin, "silences", {k: v for k, v in body.items() if v is not None}, "POST")["silenceID"]}


def expire(plugin, params):
    try:
        call(plugin, "silence/" + urllib.parse.quote(params["id"], safe=""), method="DELETE")
    except Failure as failure:
        if failure.code != -32013:  # what is over need not be ended
            raise
    return {}


def nothing(_plugin, _params):
    return {}


METHODS = {
    "initialize": initialize,
    "ping": nothing,
    "shutdown": nothing,
    "alerts/list": alerts,
    "suppress/list": silences,
    "suppress/get": one_silence,
    "suppress/put": put,
    "suppress/expire": expire,
}

if __name__ == "__main__":
    Plugin(METHODS).serve()

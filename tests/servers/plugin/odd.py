#!/usr/bin/env python3
"""A plugin that keeps to the protocol but for one habit, which its first argument names. `good` has none."""

import json
import os
import signal
import subprocess
import sys
import time

HABIT = sys.argv[1] if len(sys.argv) > 1 else "good"
# `later:crash` keeps to the protocol until its first list was told; started again it has its habit at once.
LATER = HABIT.startswith("later:") and not os.path.exists(sys.argv[2])
HABIT = HABIT.removeprefix("later:")
PUSHING = ("push", "gap", "stranger", "tells")
# Where it writes down how often it was started, for who counts.
STARTS = sys.argv[2] if len(sys.argv) > 2 else None
NEXT = {"subs": 0, "asked": None, "lists": 0}


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def send(**message):
    say(json.dumps({"jsonrpc": "2.0", **message}))


def item(key, at="2026-11-21T01:00:00Z", **more):
    return {"key": key, "title": "Down", "severity": "critical", "started_at": at, **more}


def capabilities():
    can = {"alerts": {"watch": {"mode": "push" if HABIT in PUSHING else "poll"}}}
    if HABIT in ("acts", "silent-plan"):
        can["ack"] = {"mode": "native"}
        can["acts"] = [
            {"verb": "ack", "words": "takes the page", "text": "may", "until": "no", "undo": "unack"},
            {"verb": "teleport", "words": "no verb that watchfire knows"},
        ]
        can["notes"] = {"max_len": 20}
    return can


def listed(ident, params):
    NEXT["lists"] += 1
    if LATER and NEXT["lists"] == 1:
        send(id=ident, result={"complete": True, "items": [item("F1"), item("F2")]})
        return
    if HABIT in ("half", "mute", "eats", "gulps", "spins", "brood"):
        stuck(ident)
        return
    if HABIT == "latin":
        raw(b'{"jsonrpc":"2.0","method":"$/health","params":{"message":"\xff\xfe"}}\n')
    if HABIT == "nothing":
        say('{"jsonrpc":"2.0","id":null,"result":{}}')
    if HABIT == "reused":
        for _ in range(2):
            send(id="same", method="ping", params={})
        send(id="1", result={})
    if HABIT == "ahead":
        send(id=str(int(ident) + 1), result={})
    if HABIT == "crash":
        print("E! the disk is gone", file=sys.stderr, flush=True)
        sys.exit(3)
    if HABIT == "deaf":
        return
    if HABIT == "flood":
        while True:
            send(method="$/chatter", params={})
    if HABIT == "endless":
        while True:
            sys.stdout.write("x" * 65536)
    if HABIT == "garbage":
        say("Traceback: this is no protocol")
        say('{"jsonrpc":"2.0","id":"%s","result":NaN}' % ident)
    if HABIT == "unasked":
        send(id="nobody", result={})
    if HABIT == "noise":
        print("D! " + "x" * 100, file=sys.stderr)
        for _ in range(20000):
            print("I! chatter \x1b[2J", file=sys.stderr)
        sys.stderr.flush()
    if HABIT == "long":
        say('{"jsonrpc":"2.0","method":"$/log","params":{"x":"' + "y" * (5 * 1024 * 1024) + '"}}')
    if HABIT in ("secret", "leak"):
        NEXT["asked"] = ident
        send(id="s", method="host/secret", params={"ref": "token"})
        return
    items = [item("F1"), item("F2")]
    if HABIT == "lie":
        items = [item("F1", "2099-01-01T00:00:00Z"), item("F2"), item("F2"), item("other/F3"), {"key": 5}, item("F4", 17)]
    if HABIT == "changed":
        items = [item("F1")] if NEXT["lists"] == 1 else [item("F1"), item("F3")]
    if HABIT == "env":
        items = [item("F1", annotations=dict(os.environ))]
    if HABIT == "children":
        child = subprocess.Popen(["sleep", "1000"], stdout=subprocess.DEVNULL)
        items = [item("F1", annotations={"child": str(child.pid), "self": str(os.getpid())})]
    result = {"complete": True, "cursor": "here"}
    if HABIT == "circle":
        result["next"] = "again"
    if HABIT == "pages" and params.get("cursor") is None:
        result["next"], items = "2", items[:1]
    elif HABIT == "pages":
        items = items[1:]
    if HABIT == "gappy":
        send(method="$/partial", params={"id": ident, "seq": 1, "items": items})
    elif HABIT == "late-part":
        send(id=ident, result=result)
        send(method="$/partial", params={"id": ident, "seq": 0, "items": items})
        return
    else:
        send(method="$/partial", params={"id": ident, "seq": 0, "items": items})
    send(id=ident, result=result)
    if HABIT == "twice":
        send(id=ident, result=result)
    if HABIT == "changed" and NEXT["lists"] == 1:
        send(method="$/changed", params={})


def raw(data):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def stuck(ident):
    """What never comes to an answer."""
    if HABIT == "half":
        raw(b'{"jsonrpc":"2.0","id":"%s","res' % ident.encode())
    if HABIT == "mute":
        raw(b'{"jsonrpc":"2.0","id":"%s","result":{"warnings":["\xe9t\xe9"]}}\n' % ident.encode())
    if HABIT == "gulps":
        print("I! %d bytes" % len(b"x" * (1 << 30)), file=sys.stderr, flush=True)
    if HABIT == "brood":
        subprocess.Popen([sys.executable, __file__, "hungry"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    if HABIT == "eats":
        eat()
    while HABIT == "spins":
        pass


def eat():
    hoard = []
    while True:
        hoard.append(b"x" * (4 << 20))
        time.sleep(0.05)


def subscribed(ident):
    NEXT["subs"] += 1
    send(id=ident, result={"sub": f"s{NEXT['subs']}"})
    if HABIT == "tells":
        upsert = [item("F3")]
        send(method="alerts/delta", params={"sub": f"s{NEXT['subs']}", "upsert": upsert, "remove": [], "gap": False})


def news():
    """Before a ping is answered."""
    sub = f"s{NEXT['subs']}"
    if HABIT in ("push", "gap", "stranger") and NEXT["subs"] == 1:
        if HABIT == "stranger":
            sub = "another"
        remove = [{"key": "F1", "reason": "resolved"}, {"key": "F9", "reason": "resolved"}]
        delta = {"sub": sub, "upsert": [item("F3")], "remove": remove, "gap": HABIT == "gap"}
        send(method="alerts/delta", params=delta)


def main():
    if STARTS:
        with open(STARTS, "a", encoding="utf-8") as file:
            file.write("started\n")
    if HABIT == "hungry":
        eat()
    if HABIT == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if HABIT == "stillborn":
        print("E! no configuration", file=sys.stderr)
        sys.exit(7)
    for line in sys.stdin:
        try:
            message = json.loads(line)
            method, ident, params = message.get("method"), message.get("id"), message.get("params") or {}
        except (ValueError, AttributeError):
            if HABIT == "fragile" and line.strip():
                sys.exit(1)
            continue
        if method is None and ident == "s":
            secret = message["result"]["value"]
            words = f"refused: {secret}" if HABIT == "leak" else secret[::-1]
            if HABIT == "leak":
                print(f"E! with {secret}", file=sys.stderr, flush=True)
                send(id=NEXT["asked"], error={"code": -32010, "message": words})
            else:
                send(method="$/partial", params={"id": NEXT["asked"], "seq": 0, "items": [item("F1", annotations={"said": words})]})
                send(id=NEXT["asked"], result={"complete": True})
        elif method is None or ident is None or not isinstance(method, str):
            continue
        elif HABIT == "numbers":
            send(id=1, result={})
        elif method == "initialize":
            version = 2 if HABIT == "future" else 1
            send(id=ident, result={"protocol": version, "plugin": {"name": "odd", "version": HABIT}, "capabilities": capabilities()})
        elif method == "ping":
            news()
            send(id=ident, result={})
        elif method == "alerts/list":
            listed(ident, params if isinstance(params, dict) else {})
        elif method == "alerts/subscribe" and HABIT in PUSHING:
            subscribed(ident)
        elif method == "action/plan" and HABIT in ("acts", "silent-plan"):
            if params.get("targets", [{}])[0].get("key") not in ("F1", "F2"):
                send(id=ident, error={"code": -32013, "message": "there is no such alert"})
            else:
                effects = [] if HABIT == "silent-plan" else ["takes the page of F1"]
                send(id=ident, result={"plan": "p1", "effects": effects, "affects": 1})
        elif method == "action/apply" and HABIT == "acts":
            known = params.get("plan") == "p1" and params.get("idempotency_key")
            send(id=ident, result={"status": "pending", "handle": "h1"} if known else {"status": "mismatch", "why": "no plan"})
        elif method == "action/status" and HABIT == "acts":
            done = params.get("handle") == "h1"
            send(id=ident, result={"status": "confirmed", "id": "done"} if done else {"status": "unknown"})
        elif method == "notes/append" and HABIT == "acts":
            send(id=ident, result={"status": "confirmed", "id": params["args"]["text"]})
        elif method == "shutdown":
            send(id=ident, result={})
        elif HABIT == "agreeable":
            send(id=ident, result={})
        else:
            send(id=ident, error={"code": -32601, "message": "no such method"})
    if HABIT in ("stubborn", "lingers"):
        time.sleep(1000)


main()

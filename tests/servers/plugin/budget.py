#!/usr/bin/env python3
"""A plugin that feeds budgets and graphs: it counts by itself (`counts`), or answers queries (`promql`)."""

import json
import sys

HOW = sys.argv[1]
# One bad event in a hundred, a hundred a minute.
PER_SECOND = 100 / 60


def capabilities():
    if HOW == "counts":
        return {"slos": {"recorded": True, "drill": True}}
    return {"metrics": {"dialect": "promql"}}


def counted(slo, params):
    if slo["id"] != "checkout":
        return {"id": slo["id"], "why": "there is no such service"}
    step = params["step_s"]
    first = (params["from"] // step + 1) * step
    ends = range(first, params["to"] + 1, step)
    total = [PER_SECOND * step for _ in ends]
    return {"id": slo["id"], "t0": first, "total": total, "bad": [n / 100 for n in total]}


def values(query, start, end, step):
    if "nonsense" in query:
        raise ValueError("parse error: nonsense")
    each = PER_SECOND * step / (100 if "bad" in query else 1)
    return [each for _ in range(start, end + 1, step)]


def answer(method, params):
    if method == "initialize":
        return {"protocol": 1, "plugin": {"name": "budget", "version": "1"}, "capabilities": capabilities()}
    if method in ("ping", "shutdown"):
        return {}
    if HOW == "counts" and method == "slo/list":
        slo = {"id": "checkout", "service": "shop", "title": "Checkouts answer", "objective": 99.5, "window_s": 604800}
        return {"complete": True, "items": [slo], "warnings": ["one more is a draft"]}
    if HOW == "counts" and method == "slo/count":
        return {"complete": True, "items": [counted(s, params) for s in params["slos"]], "samples": 7}
    if HOW == "counts" and method == "slo/recorded":
        said = {"at": "2026-11-21T11:59:00Z", "remaining": 0.25, "burn": {"1h": 3.5}}
        return {"complete": True, "items": [{"id": s["id"], **said} for s in params["slos"]]}
    if HOW == "counts" and method == "slo/drill":
        portions = [{"value": "a-1", "bad": 8, "total": 100}, {"value": "a-2", "bad": 2, "total": 900}]
        return {"complete": True, "items": [{"label": "pod", "portions": portions, "bad": 10, "total": 1000}]}
    if HOW == "promql" and method == "metrics/range":
        start, step = params["start"], params["step_s"]
        v = values(params["query"], start, params["end"], step)
        return {"step_s": step, "partial": False, "series": [{"labels": {}, "t0": start, "v": v}]}
    raise KeyError(method)


for line in sys.stdin:
    try:
        message = json.loads(line)
        ident, method = message.get("id"), message.get("method")
    except (ValueError, AttributeError):
        continue
    if not isinstance(ident, str) or not isinstance(method, str):
        continue
    out = {"jsonrpc": "2.0", "id": ident}
    params = message.get("params")
    try:
        out["result"] = answer(method, params if isinstance(params, dict) else {})
    except KeyError:
        out["error"] = {"code": -32601, "message": "no such method"}
    except ValueError as error:
        out["error"] = {"code": -32020, "message": str(error)}
    print(json.dumps(out), flush=True)

"""The document that the program serves: valid, kept to, and nothing in it open that should not be."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from openapi_spec_validator import validate

ADDRESS = os.environ["ADDRESS"]
WORK = Path(os.environ["WORK"])
CASES = os.environ["CASES"]
KEY = os.environ["PORTOLAN_CLIENT_KEY"]
PASSWORD = os.environ["PORTOLAN_ADMIN_PASSWORD"]
# These close the door behind the tests, do not end, or would ask other machines what somebody made up.
NOT_TRIED = [
    "serving.stop", "settings.change", "providers.add", "providers.set", "accounts.add", "sign_in.start",
    "session.", "events$", "keys.revoke",
]
# What a provider makes of a body is the provider's; and a field too many or too few is no fault here.
NOT_CHECKED = "negative_data_rejection,positive_data_acceptance,missing_required_header"


def ask(method, path, fields=(), body=None):
    """Status and JSON of an answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(ADDRESS + path, data, {"content-type": "application/json", **dict(fields)}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, None


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def the_document_is_valid(document):
    validate(document)
    assert document["openapi"].startswith("3.1")


def what_is_guarded_needs_a_credential(document):
    guarded = [(path, method) for path, method, operation in operations(document) if operation["security"]]
    assert len(guarded) > 40
    for path, method in guarded:
        path = re.sub(r"{\w+}", "x", path)
        for fields in ({}, {"authorization": "Bearer pk-wrong"}, {"x-api-key": "pk-wrong"}, {"cookie": "portolan-admin=x"}):
            status, _ = ask(method, path, fields, {} if method == "POST" else None)
            assert status == 401, f"{method} {path} {fields}: {status}"
        # One kind of credential opens nothing of the other kind.
        if path.startswith("/admin"):
            status, _ = ask(method, path, {"authorization": f"Bearer {KEY}"}, {} if method == "POST" else None)
            assert status == 401, f"{method} {path} with a client key: {status}"


def schemathesis(name, token, chosen, more=()):
    """Runs it over the chosen paths; how many cases there were."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", str(WORK / "openapi.json"), "--url", ADDRESS, *chosen,
        "--header", f"Authorization: Bearer {token}", "--phases", "examples,coverage,fuzzing", "--max-examples", CASES,
        "--exclude-checks", NOT_CHECKED, "--continue-on-failure", "--seed", "1", "--no-color", "--warnings", "off",
        "--generation-database", "none", "--suppress-health-check", "all", "--request-timeout", "120", "--no-shrink", *more,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=WORK)
    cases = re.search(r"(\d+) generated", done.stdout)
    if done.returncode != 0 or not cases:
        print(f"--- {name}\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}")
        raise AssertionError(f"schemathesis found something in {name}")
    print(f"{name}: {cases[1]} cases")
    return int(cases[1])


def the_data_plane_keeps_to_it(_):
    # A model of the demo fails on purpose, so that everybody can see how that looks.
    assert schemathesis("data plane", KEY, ["--exclude-path-regex", "^/admin"]) > 500


def control_keeps_to_it(_):
    status, session = ask("POST", "/admin/api/session.sign_in", {}, {"password": PASSWORD, "bearer": True})
    assert status == 200, status
    left_out = "|".join(NOT_TRIED)
    chosen = ["--include-path-regex", rf"^/admin/api/(?!{left_out})"]
    assert schemathesis("control", session["token"], chosen) > 200


CASES_OF_THIS = [the_document_is_valid, what_is_guarded_needs_a_credential, the_data_plane_keeps_to_it, control_keeps_to_it]


def main():
    status, document = ask("GET", "/openapi.json")
    assert status == 200
    (WORK / "openapi.json").write_text(json.dumps(document))
    failed = 0
    for case in CASES_OF_THIS:
        try:
            case(document)
            print(f"ok      {case.__name__}")
        except AssertionError as error:
            failed += 1
            print(f"FAILED  {case.__name__}: {error}")
    print(f"openapi: {len(CASES_OF_THIS) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

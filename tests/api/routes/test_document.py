"""The document, the page made of it, and schemathesis, which nobody here wrote, asking everything that the document allows.

It asks with real rows in the database: what is not there answers 404 whatever is sent.
"""

from __future__ import annotations

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from tests.award.opened import WAN

#: How many cases are made up for each operation, beside those that stand on every boundary of its arguments.
CASES = 4
#: Business rules that no schema can say; and a project of nobody's, whose address looks as good as any.
REFUSED = ["2xx", "401", "403", "404", "409", "422"]


@pytest.fixture
def document(client):
    return client.get("/api/v1/openapi.json").json


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield f"{method.upper()} {path}", operation


def test_the_document_names_every_address_of_the_interface_and_no_page(app, document):
    told = {name for name, _ in operations(document)}
    routes = {
        f"{method} " + rule.rule.replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "api.openapi"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert told == routes
    assert document["openapi"] == "3.1.0"


@pytest.fixture
def furnished(app, key, send, make, award, rulebook):
    """A result with its notice and log, and a draft; the header of the program whose they are, and their names."""
    app.config["API_KEY_A_MINUTE"] = app.config["API_PUBLIC_A_MINUTE"] = 0  # the clock stands still
    given = make(candidates=("he", "li"))
    award(given, "he", amount_fen=1190 * WAN)
    header = key()
    return header, {
        "notices": given.uid,
        "results": given.uid,
        "projects": send(header).json["uid"],
        "log": "centre",
    }


def faults_of(event):
    """What the engine says of an event that is no good."""
    if isinstance(event, (NonFatalError, FatalError)):
        yield f"{event}"
    if isinstance(event, ScenarioFinished):
        for checks in event.recorder.checks.values():
            for check in checks:
                if (told := check.failure_info) is not None:
                    yield f"{event.recorder.label}: {check.name}: {told.failure.message}\n{told.code_sample}"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_schemathesis_finds_nothing(app, furnished):
    """Which keys are let in ``test_own`` asks: that check of theirs cannot ask an app without a server."""
    header, named = furnished
    config = SchemathesisConfig.from_dict(
        {
            "seed": 7,
            "headers": header,
            "generation": {
                "max-examples": CASES,
                "deterministic": True,
                "database": "none",
                "allow-x00": False,
            },
            "phases": {"stateful": {"enabled": False}},
            "checks": {
                "ignored_auth": {"enabled": False},
                "positive_data_acceptance": {"expected-statuses": REFUSED},
            },
            "operations": [
                {"include-path-regex": f"^/api/v1/{kind}/", "parameters": {name: thing}}
                for kind, thing in named.items()
                for name in ("code" if kind == "log" else "uid",)
            ],
        }
    )
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)
    events = list(from_schema(schema).execute())
    asked = sum(len(event.recorder.checks) for event in events if isinstance(event, ScenarioFinished))
    assert asked > 500
    assert [fault for event in events for fault in faults_of(event)] == []

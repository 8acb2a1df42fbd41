"""Pages name the sealing program by its hash."""

import hashlib

from tests.conftest import ROOT


def test_a_page_can_say_the_hash_of_what_it_serves(app):
    said = app.jinja_env.from_string("{{ vendored_sha256('bidseal.js') }}").render()
    with app.test_client().get("/static/vendor/bidseal.js") as answer:
        served = answer.data
    assert said == hashlib.sha256(served).hexdigest()
    assert served == (ROOT / "static" / "vendor" / "bidseal.js").read_bytes()

"""The WSGI entry point: ``granian --interface wsgi app:app``."""

from bidding import create_app

app = create_app()

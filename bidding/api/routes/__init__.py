"""The addresses of the interface, and the pages around it."""

from bidding.api.routes import document, keys, own, public
from bidding.api.routes.blueprint import bp

#: Let in by a key in a header, never by a cookie: what a browser can be made to send opens nothing.
CSRF_EXEMPT = (own.create_project, own.update_project, own.put_document, own.delete_document)

__all__ = ["CSRF_EXEMPT", "bp", "document", "keys", "public"]

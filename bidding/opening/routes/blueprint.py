"""The blueprint of the hall's pages."""

from flask import Blueprint

bp = Blueprint("opening", __name__)

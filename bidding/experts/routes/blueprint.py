"""The blueprint of the pages of pool and draws."""

from flask import Blueprint

bp = Blueprint("experts", __name__)

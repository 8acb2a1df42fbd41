"""The blueprint of the hall's pages."""

from flask import Blueprint

from bidding.opening.links import hall_name

bp = Blueprint("opening", __name__)
bp.add_app_template_global(hall_name, "hall_name")

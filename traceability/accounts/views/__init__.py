"""Pages of accounts: sign-in, one's own account, keys, administration."""

from flask import Blueprint

from traceability.accounts.views import administration, keys, sign_in
from traceability.accounts.views.sign_in import load_actor

__all__ = ["blueprint", "load_actor"]

blueprint = Blueprint("accounts", __name__)
for page in (sign_in, keys, administration):
    page.add_to(blueprint)

"""What of the sample data has been stored so far."""

from dataclasses import dataclass, field

from traceability.accounts.models import Organisation
from traceability.batches.models import Batch
from traceability.catalog.models import Product, Site
from traceability.core.permissions import Actor, Role


@dataclass
class Loaded:
    """What has been stored so far, by the keys of the sample data."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)

    def actor(self, organisation: str, role: Role = Role.PRODUCER) -> Actor:
        """Return the hand that enters an organisation's sample data."""
        return Actor(
            kind="system",
            id=None,
            name="sample data",
            organisation_id=self.organisations[organisation].id,
            roles=frozenset({role}),
        )

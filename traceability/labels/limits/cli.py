"""The operator's command for quotas."""

import click

from traceability.accounts.queries import organisation_by_public_id
from traceability.core.permissions import SYSTEM
from traceability.labels.limits.queries import use_of
from traceability.labels.limits.schemas import MOST
from traceability.labels.limits.service import QuotaDraft, set_quota
from traceability.labels.limits.terms import Period
from traceability.web.context import Services


@click.command()
@click.option("--organisation", "public_id", required=True, metavar="ID")
@click.option("--set", "quota_", type=click.IntRange(0, MOST), help="Labels.")
@click.option("--none", "unset", is_flag=True, help="As many as it likes.")
@click.option(
    "--period",
    type=click.Choice([one.value for one in Period]),
    default=Period.YEAR.value,
    show_default=True,
)
@click.pass_obj
def quota(
    use: Services, *, public_id: str, quota_: int | None, unset: bool, period: str
) -> None:
    """Show, set or take away an organisation's quota of labels."""
    if unset and quota_ is not None:
        raise click.UsageError("either --set or --none")
    with use.database.transaction() as session:
        organisation = organisation_by_public_id(session, public_id)
        if unset or quota_ is not None:
            draft = QuotaDraft(quota=quota_, period=Period(period))
            set_quota(session, organisation, draft, actor=SYSTEM, clock=use.clock)
        found = use_of(session, organisation.id, use.clock.today())
    told = "none" if found.quota is None else str(found.quota)
    left = "any" if found.left is None else str(found.left)
    click.echo(f"quota={told} period={found.period} used={found.used} left={left}")

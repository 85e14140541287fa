"""A trust list after its root was changed, as a service serves it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from tests.verification.make_verification import NOW, World, make_key
from traceability.signing.handover import sign_handover
from traceability.signing.keys import KeyRole, LocalSigner, PublicKey
from traceability.signing.trust_list import sign_trust_list

VERSION = 7


def make_root(world: World) -> LocalSigner:
    return make_key(KeyRole.ROOT, world.identity.host)


def handed_over(world: World, *heirs: LocalSigner, more: Sequence[str] = ()) -> str:
    """A list under the last heir: each root ended ten days after it handed over.

    A new record key came in between; ``more`` are further hand-overs.
    """
    record = make_key(KeyRole.RECORD, world.identity.host).public
    roots = (world.root, *heirs)
    words = [
        sign_handover(heir.public, NOW - timedelta(days=30), signer=elder)
        for elder, heir in pairwise(roots)
    ]
    ended = [_ended(one.public) for one in roots[:-1]]
    others = [key for key in world.trust_list().keys if key.role is not KeyRole.ROOT]
    trust_list = world.trust_list(
        version=VERSION,
        keys=(*ended, roots[-1].public, *others, record),
        handovers=(*words, *more),
    )
    return sign_trust_list(trust_list, signer=roots[-1])


def _ended(root: PublicKey) -> PublicKey:
    return replace(root, not_after=NOW - timedelta(days=20))

"""Work done ahead in threads, for what lets go of the interpreter meanwhile."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def ahead(
    make: Callable[[Item], Made], items: Iterable[Item], *, threads: int = 1
) -> Generator[Made, None, None]:
    """Yield what ``make`` makes of each item, in order; what it raises is raised.

    While one is in use, as many as there are threads are being made, and no more wait.
    Items are taken in the caller's thread. Close it where it is left early.
    """
    coming: deque[Future[Made]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for item in items:
            coming.append(pool.submit(make, item))
            if len(coming) > threads:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)

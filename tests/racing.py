"""Many at the same moment."""

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each of `acts` returned or raised, all begun at the same moment."""
    barrier = Barrier(len(acts))
    ended: list[object] = []

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            ended.append(act())
        except Exception as problem:
            ended.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended

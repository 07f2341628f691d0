"""All faults of reliability.md 3.2 that are played with real processes, and how often."""

from tests.drills.killing import POINTS, crash_at, deploy, kill_all_at_work, kill_one_at_work
from tests.drills.playing import Fault

FAULTS = [
    Fault("F1", "a worker's child is killed", 100, (kill_one_at_work,)),
    Fault("F2", "all of a worker is killed", 100, (kill_all_at_work,)),
    Fault("F3", "a crash at a named point", 100, tuple(crash_at(point) for point in POINTS)),
    Fault("F4", "a worker is told to end", 30, (deploy,)),
]

"""All faults that are played with real processes, and how often reliability.md 3.2 asks for it."""

from tests.drills.breaking import POSTGRES, REDIS, disk_is_full, start_in_any_order
from tests.drills.doubling import CLOCKS, MESSAGES, SCHEDULERS, poison, restored
from tests.drills.killing import POINTS, crash_at, deploy, kill_all_at_work, kill_one_at_work
from tests.drills.mailing import ILLNESSES
from tests.drills.playing import Fault

FAULTS = [
    Fault("F1", "one who sends is killed", 100, (kill_one_at_work,)),
    Fault("F2", "all who send are killed", 100, (kill_all_at_work,)),
    Fault("F3", "a crash at a named point", 100, tuple(crash_at(point) for point in POINTS)),
    Fault("F4", "they are told to end", 30, (deploy,)),
    Fault("F5", "Redis is away, empty or full", 60, REDIS, setups="P"),
    Fault("F6", "PostgreSQL restarts or is away", 26, POSTGRES, setups="P"),
    Fault("F7", "the mail server is ill", 3 * len(ILLNESSES), ILLNESSES),
    Fault("F8", "two schedulers, or none for days", 40, SCHEDULERS),
    Fault("F10", "messages come twice", 10, MESSAGES, setups="P"),
    Fault("F11", "clocks jump", 20, CLOCKS),
    Fault("F12", "the disk is full", 10, (disk_is_full,), setups="E"),
    Fault("F15", "poison in the queue", 10, (poison,), setups="P"),
    Fault("F16", "services start in any order", 20, (start_in_any_order,), setups="P"),
    Fault("F17", "yesterday's backup is restored", 3, (restored,)),
]

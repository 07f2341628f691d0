"""All faults that are played, and how often reliability.md 3.2 and 3.3 ask for it."""

from tests.drills import days
from tests.drills.breaking import POSTGRES, REDIS, disk_is_full, start_in_any_order
from tests.drills.claiming import claim_many
from tests.drills.covered import COVERED, run_tests
from tests.drills.doubling import CLOCKS, MESSAGES, SCHEDULERS, poison, restored
from tests.drills.killing import POINTS, crash_at, deploy, kill_all_at_work, kill_one_at_work
from tests.drills.mailing import ILLNESSES
from tests.drills.playing import Fault, in_turn

CRASHES = [crash_at(point) for point in POINTS]

FAULTS = [
    Fault("F1", "one who sends is killed", 100, in_turn(kill_one_at_work)),
    Fault("F2", "all who send are killed", 100, in_turn(kill_all_at_work)),
    Fault("F3", "a crash at a named point", 100, in_turn(*CRASHES)),
    Fault("F4", "they are told to end", 30, in_turn(deploy)),
    Fault("F5", "Redis is away, empty or full", 60, in_turn(*REDIS), setups="P"),
    Fault("F6", "PostgreSQL restarts or is away", 26, in_turn(*POSTGRES), setups="P"),
    Fault("F7", "the mail server is ill", 3 * len(ILLNESSES), in_turn(*ILLNESSES)),
    Fault("F8", "two schedulers, or none for days", 40, in_turn(*SCHEDULERS)),
    Fault("F9", "all start the same users", 1, claim_many),
    Fault("F10", "messages come twice", 10, in_turn(*MESSAGES), setups="P"),
    Fault("F11", "clocks jump", 20, in_turn(*CLOCKS)),
    Fault("F12", "the disk is full", 10, in_turn(disk_is_full), setups="E"),
    Fault("F15", "poison in the queue", 10, in_turn(poison), setups="P"),
    Fault("F16", "services start in any order", 20, in_turn(start_in_any_order), setups="P"),
    Fault("F17", "yesterday's backup is restored", 3, in_turn(restored)),
    Fault("T1", "400 users live through 400 days", 1, days.every_day_of_a_year, setups="E"),
    Fault("T2", "clocks are changed", 2 * len(days.STEPS), days.a_step),
    Fault("T3", "a thousand moves", 1, days.moves, setups="E"),
    Fault("T6", "ticks come late", 1, days.late_ticks, setups="E"),
    *(Fault(name, what, 1, run_tests(name), setups="E") for name, (what, _) in COVERED.items()),
]

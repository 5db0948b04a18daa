"""What is simulated: three processes, each as a model of this project, with the means that every tool must meet.

How many events a run has, and how many are there when it ends, are known exactly or up to what has died out long
before the horizon.
"""

from dataclasses import dataclass
from math import gamma

BIRTH, DEATH = 40.0, 1.0
ARRIVAL, SERVICE = 20.0, 40.0
MACHINES, WEAR, SHAPE, SCALE = 20, 0.1, 1.5, 4.0


@dataclass(frozen=True)
class Process:
    """A process: its model, and its known answers.

    `up` and `down` are the event types that add one to what is counted and take one away; types of many instances
    are named without the instance. `events` is the mean number of events in a run, `last` the mean count at its end and
    `spread` the standard deviation of that.
    """

    name: str
    title: str
    text: str
    horizon: float
    up: str
    down: str
    events: float
    last: float
    spread: float


def _immigration() -> Process:
    """Births at a constant rate, each life an exponential: begun empty, the count is Poisson at all times.

    At the horizon it has the mean births / death, but for exp(-100) of it; whoever was born and is not there has died.
    """
    horizon = 100.0
    text = f"""
model: immigration
title: Immigration and death
time: {{unit: abstract}}
horizon: {horizon}
factions: {{world: {{title: The world}}}}
state: {{n: {{type: int, range: [0, 1000000], initial: 0}}}}
events: {{born: {{by: world, effects: {{n: n + 1}}}}, died: {{by: world, effects: {{n: n - 1}}}}}}
rules:
  birth: {{faction: world, clock: {{rate: {BIRTH}}}, emits: born}}
  death: {{faction: world, when: n > 0, clock: {{rate: {DEATH} * n}}, emits: died}}
"""
    last = BIRTH / DEATH
    return Process(
        "immigration", f"Immigration and death: births at rate {BIRTH:g}, {DEATH:g} death a head and unit of time",
        text, horizon, "born", "died", 2 * BIRTH * horizon - last, last, last**0.5,
    )  # fmt: skip


def _queue() -> Process:
    """One server, Poisson arrivals, exponential services: the count settles to a geometric one (M/M/1).

    Its slowest mode dies out as exp(-(sqrt(service) - sqrt(arrival))^2 t), here exp(-343) at the horizon.
    """
    horizon = 100.0
    text = f"""
model: queue
title: A queue
time: {{unit: abstract}}
horizon: {horizon}
factions: {{customers: {{title: The customers}}, server: {{title: The server}}}}
state: {{n: {{type: int, range: [0, 1000000], initial: 0}}}}
events: {{arrived: {{by: customers, effects: {{n: n + 1}}}}, served: {{by: server, effects: {{n: n - 1}}}}}}
rules:
  arrival: {{faction: customers, clock: {{rate: {ARRIVAL}}}, emits: arrived}}
  service: {{faction: server, when: n > 0, clock: {{rate: {SERVICE}}}, emits: served}}
"""
    last = ARRIVAL / (SERVICE - ARRIVAL)
    return Process(
        "queue", f"A queue with one server (M/M/1): arrivals at rate {ARRIVAL:g}, services at rate {SERVICE:g}",
        text, horizon, "arrived", "served", 2 * ARRIVAL * horizon - last, last, (last * (1 + last)) ** 0.5,
    )  # fmt: skip


def _machines() -> Process:
    """Machines that wear out and are repaired, each by itself: alternating renewal processes (Cox 1962, chapter 7).

    With m and s the mean and the standard deviation of a cycle, the mean number of repairs of a machine until t is
    t / m + (s^2 - m^2) / (2 m^2), but for what dies out exponentially.
    """
    horizon = 1000.0
    text = f"""
model: machines
title: Machines
time: {{unit: abstract}}
horizon: {horizon}
factions: {{machines: {{title: The machines}}, crew: {{title: The crew}}}}
state: {{up: {{for: "i in 1..{MACHINES}", type: bool, initial: true}}}}
events:
  worn:     {{for: "i in 1..{MACHINES}", by: machines, effects: {{"up[i]": false}}}}
  repaired: {{for: "i in 1..{MACHINES}", by: crew, effects: {{"up[i]": true}}}}
rules:
  wear: {{for: "i in 1..{MACHINES}", faction: machines, when: "up[i]", clock: {{rate: {WEAR}}}, emits: "worn[i]"}}
  repair:
    for: i in 1..{MACHINES}
    faction: crew
    when: not up[i]
    clock: {{weibull: {{shape: {SHAPE}, scale: {SCALE}}}}}
    emits: repaired[i]
"""
    repair = SCALE * gamma(1 + 1 / SHAPE)
    work = 1 / WEAR
    cycle = work + repair
    variance = work**2 + SCALE**2 * gamma(1 + 2 / SHAPE) - repair**2
    repairs = horizon / cycle + (variance - cycle**2) / (2 * cycle**2)
    last = MACHINES * repair / cycle
    return Process(
        "machines", f"{MACHINES} machines: wear at rate {WEAR:g}, a Weibull repair (shape {SHAPE:g}, scale {SCALE:g})",
        text, horizon, "worn", "repaired", 2 * MACHINES * repairs + last, last, (last * work / cycle) ** 0.5,
    )  # fmt: skip


IMMIGRATION, QUEUE, REPAIR = _immigration(), _queue(), _machines()
PROCESSES = (IMMIGRATION, QUEUE, REPAIR)

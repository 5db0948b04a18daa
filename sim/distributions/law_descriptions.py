"""What each clock, prior and law of marks is in words: arguments, formula, source, an example, a trap.

The reference pages and `sim explain` show these. The numbers are in `clock_laws`, `priors` and `marks`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.distributions.marks import LARGEST_MEAN
from sim.numerics.gamma import LARGEST_SHAPE

CUD = "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions"
UDD = "Johnson, Kemp and Kotz, Univariate Discrete Distributions"


@dataclass(frozen=True, slots=True, kw_only=True)
class LawDescription:
    """What a distribution is. `arguments` maps each to its words and its unit; `example` is what stands in a file."""

    meaning: str
    arguments: Mapping[str, str]
    formula: str
    source: str
    example: str
    trap: str = ""


CLOCK_LAWS: Mapping[str, LawDescription] = {
    "exponential": LawDescription(
        meaning="A waiting time without memory: however long it has lasted, the rest is as long on average.",
        arguments={"mean": "the mean time, a length of time above 0"},
        formula="H(t) = t / mean; a chance of 1 - exp(-t / mean) by age t",
        source=f"{CUD}, chapter 19",
        example="{exponential: {mean: 10 days}}",
        trap="The mean is read when the clock starts. Write `rate` where it should follow the state as it changes.",
    ),
    "weibull": LawDescription(
        meaning="A waiting time whose hazard grows with its age (shape above 1) or falls with it (shape below 1).",
        arguments={
            "shape": "a number above 0; 1 is the exponential",
            "scale": "a length of time above 0; 63 % have come by then",
            "mean": "the mean time, instead of the scale: scale = mean / Gamma(1 + 1 / shape)",
        },
        formula="H(t) = (t / scale)^shape",
        source=f"{CUD}, chapter 21",
        example="{weibull: {shape: 2, mean: 30 days}}",
        trap="With a shape below 1 most of the hazard lies at the beginning: the median is far below the mean.",
    ),
    "gamma": LawDescription(
        meaning="The sum of several exponential steps, for something that takes stages; the shape need not be whole.",
        arguments={
            "shape": f"a number above 0, up to {LARGEST_SHAPE:,.0f}: how many steps",
            "scale": "a length of time above 0: the mean of one step",
            "mean": "the mean of the whole, instead of the scale: scale = mean / shape",
        },
        formula="density t^(shape - 1) exp(-t / scale) / (Gamma(shape) scale^shape); mean = shape scale",
        source=f"{CUD}, chapter 17",
        example="{gamma: {shape: 3, mean: 12 days}}",
        trap="The larger the shape, the nearer the times lie to the mean. As a prior it takes shape and mean.",
    ),
    "lognormal": LawDescription(
        meaning="A waiting time whose logarithm is normal: most are short, some are very long.",
        arguments={
            "median": "the median time, above 0",
            "sigma": "a number above 0: the standard deviation of the logarithm",
            "mean": "the mean time, instead of the median, together with sd",
            "sd": "the standard deviation of the time, with the mean: sigma^2 = log(1 + (sd / mean)^2)",
        },
        formula="H(t) = -log(1 - Phi(log(t / median) / sigma)); mean = median exp(sigma^2 / 2)",
        source=f"{CUD}, chapter 14",
        example="{lognormal: {median: 20 days, sigma: 0.8}}",
        trap="sigma has no unit: 0.7 means that two thirds of the times lie within a factor of 2 of the median.",
    ),
    "loglogistic": LawDescription(
        meaning="A waiting time whose hazard first rises and then falls, with a heavier tail than the lognormal's.",
        arguments={"shape": "a number above 0", "scale": "the median time, a length of time above 0"},
        formula="H(t) = log(1 + (t / scale)^shape)",
        source=f"{CUD}, chapter 23",
        example="{loglogistic: {shape: 2, scale: 15 days}}",
        trap="With a shape of 1 or less its mean is infinite.",
    ),
    "uniform": LawDescription(
        meaning="Any time between two ends, all equally likely.",
        arguments={"low": "the least time, at least 0", "high": "the greatest time, above low"},
        formula="H(t) = -log((high - t) / (high - low)) between low and high",
        source=f"{CUD}, chapter 26",
        example="{uniform: {low: 2 days, high: 9 days}}",
        trap="It is certain to have come by high: no rule with such a clock waits longer while it is enabled.",
    ),
    "triangular": LawDescription(
        meaning="A time between two ends, likeliest at the mode.",
        arguments={
            "low": "the least time, at least 0",
            "mode": "the likeliest time, from low to high",
            "high": "the greatest time, above low",
        },
        formula="density rises in a line from low to mode, and falls in a line from mode to high",
        source=f"{CUD}, chapter 26",
        example="{triangular: {low: 2 days, mode: 5 days, high: 20 days}}",
        trap="It is certain to have come by high.",
    ),
    "fixed": LawDescription(
        meaning="Exactly this long after the clock starts.",
        arguments={"value": "a length of time of at least 0, written without a key of its own"},
        formula="H(t) = 0 before value, infinite from there on",
        source="",
        example="{fixed: 7 days}",
        trap="Equal times fire in order of `priority`, then of the rules' names.",
    ),
}

OTHER_CLOCKS: Mapping[str, LawDescription] = {
    "rate": LawDescription(
        meaning="A number of times per unit of time, on average, while the rule stays enabled; it follows the state "
        "and the time as they change.",
        arguments={"rate": "a rate, such as 0.2 per day, of at least 0; an expression that may read state and time"},
        formula="H(t) = the integral of the rate since the clock started; for a constant one, rate t",
        source="Anderson 2007, A modified next reaction method for simulating chemical systems with time dependent "
        "propensities and delays",
        example="{rate: 0.05 per day}",
        trap="A rate of 0 waits. A negative one is a run error (E601): write max(0, ...) where it may happen.",
    ),
    "within": LawDescription(
        meaning="A chance that it comes within a time, while the rule stays enabled; turned into the constant rate "
        "that gives it.",
        arguments={
            "chance": "a percentage or a number from 0 to below 1; it may be a parameter",
            "time": "a length of time above 0",
        },
        formula="rate = -log(1 - chance) / time",
        source="",
        example="30 % within 14 days",
        trap="The clock does not stop after that time: with 30 % within 14 days it is 51 % within 28. And it is the "
        "chance where nothing else disables the rule first.",
    ),
    "at": LawDescription(
        meaning="On a date, if the rule is enabled then.",
        arguments={"at": "a date, or an expression that gives one, such as a state variable of type instant"},
        formula="",
        source="",
        example="{at: 2030-03-01}",
        trap="A day is its beginning, 00:00. It is read when the clock starts; a date that is past then never comes.",
    ),
    "every": LawDescription(
        meaning="Again and again, each time that this much time has passed since the model's origin.",
        arguments={"every": "a length of time above 0"},
        formula="fires at origin + k every, for k = 1, 2, ...",
        source="",
        example="{every: 1 week}",
        trap="It counts from the origin of the model's time, not from when the rule is enabled.",
    ),
    "speed": LawDescription(
        meaning="How fast a clock with a law ages, beside the law: 1 is as fast as time passes, 2 twice as fast, 0 not "
        "at all. It follows the state, and the time, as they change.",
        arguments={"speed": "a number of at least 0; an expression that may read state and time"},
        formula="the clock fires when its age, the integral of the speed since it started, comes to what its law asks",
        source="the speeds of a generalised semi-Markov process: Glynn 1989, A GSMP formalism for discrete event "
        "systems",
        example="{weibull: {shape: 1.5, scale: 10 days}, speed: 0.5 + trust}",
        trap="A rate takes none: multiply it. A speed that turns negative is a run error (E601).",
    ),
    "immediately": LawDescription(
        meaning="As soon as the guard turns true, before any clock that takes time. A rule without `clock` has it.",
        arguments={},
        formula="",
        source="",
        example="immediately",
        trap="It fires once each time that the guard turns true, not again and again while it holds.",
    ),
}

PRIORS: Mapping[str, LawDescription] = {
    "pert": LawDescription(
        meaning="Three points: the least, the likeliest, the greatest value. It puts less weight on the ends than a "
        "triangle.",
        arguments={"low": "the least value", "mode": "the likeliest value", "high": "the greatest value"},
        formula="low + (high - low) Beta(1 + 4 (mode - low) / (high - low), 1 + 4 (high - mode) / (high - low))",
        source="Clark 1962, The PERT model for the distribution of an activity time; Vose 2008, Risk Analysis",
        example="{pert: [2, 7, 30]}",
        trap="Nothing lies outside the ends: choose values that you hold impossible to pass, not a usual range.",
    ),
    "uniform": LawDescription(
        meaning="Any value between two ends, all equally likely.",
        arguments={"low": "the least value", "high": "the greatest value"},
        formula="density 1 / (high - low) from low to high",
        source=f"{CUD}, chapter 26",
        example="{uniform: [0.1, 0.5]}",
        trap="A value near an end is as likely as one in the middle, which is seldom what is meant.",
    ),
    "triangular": LawDescription(
        meaning="Three points, joined by straight lines: the least, the likeliest, the greatest value.",
        arguments={"low": "the least value", "mode": "the likeliest value", "high": "the greatest value"},
        formula="density rises in a line from low to mode, and falls in a line from mode to high",
        source=f"{CUD}, chapter 26",
        example="{triangular: [2, 7, 30]}",
        trap="It reaches further towards its ends than pert with the same three numbers.",
    ),
    "beta": LawDescription(
        meaning="A share or a chance, from 0 to 1: as after a - 1 hits and b - 1 misses.",
        arguments={
            "a": f"a number above 0, up to {LARGEST_SHAPE:,.0f}, without a unit",
            "b": f"a number above 0, up to {LARGEST_SHAPE:,.0f}, without a unit",
        },
        formula="density x^(a - 1) (1 - x)^(b - 1) / B(a, b); mean = a / (a + b)",
        source=f"{CUD}, chapter 25",
        example="{beta: [3, 5]}",
        trap="Below 1, a or b puts most of the weight at an end: beta [0.5, 0.5] holds 0 and 1 likeliest.",
    ),
    "normal": LawDescription(
        meaning="A value around a mean, on both sides alike; any number can come.",
        arguments={"mean": "the mean", "sd": "the standard deviation, above 0"},
        formula="density exp(-((x - mean) / sd)^2 / 2) / (sd sqrt(2 pi))",
        source=f"{CUD}, chapter 13",
        example="{normal: [-0.3, 0.7]}",
        trap="It can be negative: a rate or a length of time needs another prior, such as lognormal.",
    ),
    "lognormal": LawDescription(
        meaning="A value above 0 that is known up to a factor.",
        arguments={
            "median": "the median, above 0",
            "sigma": "the standard deviation of the logarithm, above 0, without a unit",
        },
        formula="median exp(sigma Z), with a standard normal Z; mean = median exp(sigma^2 / 2)",
        source=f"{CUD}, chapter 14",
        example="{lognormal: [20, 0.7]}",
        trap="The first number is the median, not the mean. The second is not in the unit of the value: 0.7 "
        "is a factor of 2 either way, for two thirds of the draws.",
    ),
    "gamma": LawDescription(
        meaning="A value above 0 with a given mean; the larger the shape, the nearer to it.",
        arguments={
            "shape": f"a number above 0, up to {LARGEST_SHAPE:,.0f}, without a unit",
            "mean": "the mean, above 0",
        },
        formula="density x^(shape - 1) exp(-x shape / mean) (shape / mean)^shape / Gamma(shape)",
        source=f"{CUD}, chapter 17",
        example="{gamma: [4, 10]}",
        trap="The second number is the mean, not the scale. The standard deviation is mean / sqrt(shape).",
    ),
    "loguniform": LawDescription(
        meaning="A value between two ends whose order of magnitude is not known: equal factors are equally likely.",
        arguments={"low": "the least value, above 0", "high": "the greatest value, above low"},
        formula="density 1 / (x log(high / low)) from low to high",
        source="Hamming 1970, On the distribution of numbers; also called reciprocal",
        example="{loguniform: [0.01, 1]}",
        trap="Half of its draws lie below sqrt(low high): with [0.01, 1] below 0.1.",
    ),
}

MARK_LAWS: Mapping[str, LawDescription] = {
    "bernoulli": LawDescription(
        meaning="A condition that is true with probability p.",
        arguments={"p": "the chance, from 0 to 1"},
        formula="P(true) = p",
        source=f"{UDD}, chapter 3",
        example="bernoulli(0.3)",
        trap="For a choice between events use `choose` with weights: each then has its own effects.",
    ),
    "beta": LawDescription(
        meaning="A share from 0 to 1: as after a - 1 hits and b - 1 misses.",
        arguments={
            "a": f"a number above 0, up to {LARGEST_SHAPE:,.0f}",
            "b": f"a number above 0, up to {LARGEST_SHAPE:,.0f}",
        },
        formula="density x^(a - 1) (1 - x)^(b - 1) / B(a, b); mean = a / (a + b)",
        source=f"{CUD}, chapter 25",
        example="beta(2, 6)",
        trap="The arguments are those of the prior. For a mean m that is worth n observations write "
        "beta(m * n, (1 - m) * n).",
    ),
    "binomial": LawDescription(
        meaning="How many of n come true, each with the same chance.",
        arguments={"n": f"a whole number from 0 to {LARGEST_MEAN:,.0f}", "p": "the chance of each, from 0 to 1"},
        formula="P(k) = n! / (k! (n - k)!) p^k (1 - p)^(n - k)",
        source=f"{UDD}, chapter 3",
        example="binomial(20, 0.4)",
    ),
    "exponential": LawDescription(
        meaning="An amount above 0: small ones are likeliest.",
        arguments={"mean": "the mean, of at least 0; the value has its unit"},
        formula="density exp(-x / mean) / mean",
        source=f"{CUD}, chapter 19",
        example="exponential(2.5)",
    ),
    "gamma": LawDescription(
        meaning="An amount above 0 with a given mean; the larger the shape, the nearer to it.",
        arguments={
            "shape": f"a number above 0, up to {LARGEST_SHAPE:,.0f}; 1 is the exponential",
            "mean": "the mean, of at least 0; the value has its unit",
        },
        formula="density x^(shape - 1) exp(-x shape / mean) (shape / mean)^shape / Gamma(shape)",
        source=f"{CUD}, chapter 17",
        example="gamma(4, 10)",
        trap="The second number is the mean, as in the prior, not the scale. The standard deviation is "
        "mean / sqrt(shape).",
    ),
    "geometric": LawDescription(
        meaning="How many trials the first success takes: 1 or more.",
        arguments={"p": "the chance of each trial, above 0, up to 1"},
        formula="P(k) = p (1 - p)^(k - 1), for k = 1, 2, ...",
        source=f"{UDD}, chapter 5",
        example="geometric(0.25)",
        trap="It counts the success, too. For the failures before it write geometric(p) - 1.",
    ),
    "lognormal": LawDescription(
        meaning="An amount above 0 whose logarithm is normal: most are small, some are very large.",
        arguments={"median": "the median, above 0", "sigma": "the standard deviation of the logarithm, of at least 0"},
        formula="median exp(sigma Z), with a standard normal Z",
        source=f"{CUD}, chapter 14",
        example="lognormal(10, 0.8)",
        trap="As a mark it takes numbers without a unit.",
    ),
    "normal": LawDescription(
        meaning="An amount around a mean, on both sides alike.",
        arguments={"mean": "the mean; the value has its unit", "sd": "the standard deviation, of at least 0"},
        formula="density exp(-((x - mean) / sd)^2 / 2) / (sd sqrt(2 pi))",
        source=f"{CUD}, chapter 13",
        example="normal(0.2, 0.05)",
        trap="It can be negative: write max(0, normal(0.2, 0.05)) where that makes no sense.",
    ),
    "poisson": LawDescription(
        meaning="A count of rare things, such as deaths in a clash.",
        arguments={"mean": f"the mean, from 0 to {LARGEST_MEAN:,.0f}"},
        formula="P(k) = exp(-mean) mean^k / k!",
        source=f"{UDD}, chapter 4",
        example="poisson(1.5)",
        trap="0 can come: with a mean of 1.5 in 22 % of the draws. Write 1 + poisson(0.5) for one at least.",
    ),
    "triangular": LawDescription(
        meaning="An amount between two ends, likeliest at the mode.",
        arguments={
            "low": "the least amount; the value has its unit",
            "mode": "the likeliest amount, from low to high",
            "high": "the greatest amount",
        },
        formula="density rises in a line from low to mode, and falls in a line from mode to high",
        source=f"{CUD}, chapter 26",
        example="triangular(2, 7, 30)",
        trap="Its mean is (low + mode + high) / 3, not the mode.",
    ),
    "uniform_real": LawDescription(
        meaning="Any amount between two ends, all equally likely.",
        arguments={"low": "the least amount; the value has its unit", "high": "the greatest amount"},
        formula="density 1 / (high - low) from low to high",
        source=f"{CUD}, chapter 26",
        example="uniform_real(0.1, 0.4)",
        trap="It gives real numbers: there is floor() for whole ones.",
    ),
    "weibull": LawDescription(
        meaning="An amount above 0: with a shape below 1 most are small and some very large, above 1 it has a middle.",
        arguments={
            "shape": "a number above 0; 1 is the exponential",
            "scale": "an amount of at least 0: 63 % of the draws are below it; the value has its unit",
        },
        formula="P(x or less) = 1 - exp(-(x / scale)^shape); mean = scale Gamma(1 + 1 / shape)",
        source=f"{CUD}, chapter 21",
        example="weibull(0.8, 10)",
        trap="The second number is the scale, as in the clock of this name, not the mean; that of gamma is the mean.",
    ),
}

ONE_OF = LawDescription(
    meaning="One of some values, each with its weight, or all equally likely: a case from a list.",
    arguments={
        "values": "two or more numbers of one unit, dates or conditions: the draw is of their type",
        "weights": "a number of at least 0 after each value and a colon, or none at all; they need not add up to 1",
    },
    formula="P(value) = its weight / the sum of all weights",
    source="",
    example="one_of(1: 0.5, 2: 0.3, 5: 0.2)",
    trap="With weights it always stands in quotes, because of the colons. Values and weights may be expressions; of "
    "the values only the one that comes is computed. Weights that are all 0 are a run error (E608).",
)

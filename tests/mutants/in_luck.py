"""Slips in chance: streams, draws, the laws of clocks and their tails, priors, special functions."""

from tests.mutants.fault import Fault

STREAMS = "tests/model/test_streams.py"
LAWS = "tests/model/test_laws.py"
SPECIAL = "tests/model/test_special.py"
DRAWS = "tests/model/test_draws.py"
PRIORS = "tests/model/test_priors.py"
MEANING = "tests/engines/test_semantics.py"
SPECIMENS = "tests/specimens/test_specimens.py"

FAULTS = (
    Fault(
        "a stream's key leaves out the name",
        "model/streams.py",
        r"1\0{seed}\0{name}\0{salt}",
        r"1\0{seed}\0{salt}",
        (STREAMS,),
    ),
    Fault(
        "a stream's key leaves out the salt",
        "model/streams.py",
        r"1\0{seed}\0{name}\0{salt}",
        r"1\0{seed}\0{name}",
        (STREAMS,),
    ),
    Fault(
        "a draw's run is cut off at 32 bits",
        "model/streams.py",
        "c0, c1, c2, c3 = run & MASK, run >> 32, occurrence & MASK, index & MASK",
        "c0, c1, c2, c3 = run & MASK, 0, occurrence & MASK, index & MASK",
        (STREAMS,),
    ),
    Fault(
        "a draw leaves out its index",
        "model/streams.py",
        "occurrence & MASK, index & MASK",
        "occurrence & MASK, 0",
        (STREAMS,),
    ),
    Fault(
        "a uniform may be nought",
        "model/streams.py",
        "return ((c0 << 21 | c1 >> 11) + 1) * UNIT",
        "return (c0 << 21 | c1 >> 11) * UNIT",
        (STREAMS,),
    ),
    Fault(
        "a threshold is made of one less its uniform",
        "model/streams.py",
        "return 0.0 - math.log(uniform(key, run, occurrence, 0))",
        "return 0.0 - math.log(1.0 - uniform(key, run, occurrence, 0) + UNIT)",
        ("tests/model/test_clocks.py",),
    ),
    Fault(
        "parameters are drawn anew in every run though a draw is for several",
        "model/luck.py",
        "run // self.runs_per_draw",
        "run",
        ("tests/model/test_luck.py",),
    ),
    Fault(
        "two rules share the stream of the first",
        "model/luck.py",
        "threshold(keys[number], run, occurrence)",
        "threshold(keys[0], run, occurrence)",
        (MEANING, SPECIMENS),
    ),
    Fault(
        "the log-logistic hazard is cut off in the body",
        "model/laws.py",
        "if power < 40.0 else power",
        "if power < 4.0 else power",
        (LAWS,),
    ),
    Fault(
        "the inverse of the log-logistic hazard is cut off in the body",
        "model/laws.py",
        "if hazard < 40.0 else hazard",
        "if hazard < 4.0 else hazard",
        (LAWS,),
    ),
    Fault(
        "the uniform hazard loses its digits at the upper end",
        "model/laws.py",
        "return -math.log((high - age) / (high - low))",
        "return -math.log(1.0 - (age - low) / (high - low))",
        (LAWS,),
    ),
    Fault(
        "the triangular hazard loses its digits past the middle",
        "model/laws.py",
        "    if chance < 0.5:\n",
        "    if chance < 5.0:\n",
        (LAWS,),
    ),
    Fault(
        "the triangular law falls too fast past its mode",
        "model/laws.py",
        "uniform_age(mode, high, 0.5 * (hazard - at_mode))",
        "uniform_age(mode, high, hazard - at_mode)",
        (LAWS,),
    ),
    Fault(
        "a fixed time has not come at its end",
        "model/laws.py",
        "age >= value and age > 0.0",
        "age > value and age > 0.0",
        (LAWS,),
    ),
    Fault(
        "the mean of a Weibull is taken for its scale's",
        "model/laws.py",
        "math.exp(-log_gamma(1.0 + 1.0 / shape))",
        "math.exp(-log_gamma(1.0 / shape))",
        (LAWS,),
    ),
    Fault(
        "the mean of a lognormal is taken for its median",
        "model/laws.py",
        "median=mean * math.exp(-0.5 * variance)",
        "median=mean",
        (LAWS,),
    ),
    Fault(
        "the upper tail of the gamma is taken from the series of the lower",
        "model/special.py",
        "if x < shape + 1.0:",
        "if x < shape + 30.0:",
        (SPECIAL, LAWS),
    ),
    Fault(
        "the gamma's inverse stops after two steps",
        "model/special.py",
        "while count < 100:",
        "while count < 2:",
        (SPECIAL,),
    ),
    Fault(
        "the normal's upper tail is taken from erfc where that ends",
        "model/special.py",
        "    if z < 25.0:\n        return -math.log(0.5",
        "    if z < 250.0:\n        return -math.log(0.5",
        (SPECIAL,),
    ),
    Fault(
        "the normal's inverse is left at its rational start",
        "model/special.py",
        "while count < 8:",
        "while count < 0:",
        (SPECIAL,),
    ),
    Fault(
        "the beta's tail is one less the rest, whose digits are lost",
        "model/special.py",
        "    return front * _beta_fraction(b, a, 1.0 - x) / b",
        "    return 1.0 - beta_cdf(a, b, x)",
        (SPECIAL,),
    ),
    Fault(
        "Stirling's series is trusted too early",
        "model/special.py",
        "LARGE = 10.0",
        "LARGE = 3.0",
        (SPECIAL,),
    ),
    Fault(
        "a large Poisson is one less than it should be",
        "model/draws.py",
        "math.exp(-gamma_hazard(k + 1.0, mean))",
        "math.exp(-gamma_hazard(k + 2.0, mean))",
        (DRAWS,),
    ),
    Fault(
        "a geometric counts the failures and not the trials",
        "model/draws.py",
        "return max(1, math.ceil(trials))",
        "return max(1, math.ceil(trials) - 1)",
        (DRAWS,),
    ),
    Fault(
        "an exponential mark loses its digits near nought",
        "model/draws.py",
        "-mean * math.log1p(-min(u, MOST))",
        "-mean * math.log(1.0 - min(u, MOST))",
        (DRAWS,),
    ),
    Fault(
        "a bernoulli is true with the chance of being false",
        "model/draws.py",
        "return min(u, MOST) > 1.0 - p",
        "return min(u, MOST) > p",
        (DRAWS,),
    ),
    Fault(
        "a PERT leans to the wrong side",
        "model/priors.py",
        "a = 1.0 + 4.0 * ((mode - low) / (high - low))",
        "a = 1.0 + 4.0 * ((high - mode) / (high - low))",
        (PRIORS,),
    ),
    Fault(
        "a gamma prior is asked for its upper tail",
        "model/priors.py",
        "gamma_age(shape, -math.log1p(-_inner(u)))",
        "gamma_age(shape, -math.log(_inner(u)))",
        (PRIORS,),
    ),
    Fault(
        "the central value of a log-uniform is the middle of its range",
        "model/priors.py",
        "lambda low, high: math.sqrt(low) * math.sqrt(high)",
        "lambda low, high: 0.5 * (low + high)",
        (PRIORS,),
    ),
    Fault(
        "a drawn parameter is not brought to the model's unit",
        "model/luck.py",
        "quantile(*parameter.arguments, chance) * parameter.factor",
        "quantile(*parameter.arguments, chance)",
        ("tests/model/test_luck.py",),
    ),
)

"""Slips in chance: streams, draws, the laws of clocks and their tails, priors, special functions."""

from tests.mutants.fault import Fault

STREAMS = "tests/numerics/test_streams.py"
LAWS = "tests/distributions/test_clock_laws.py"
NUMERICS = "tests/numerics/test_elementary.py"
BITS = "tests/numerics/test_bits.py"
POWERS = "tests/numerics/test_powers.py"
GAMMA = "tests/numerics/test_gamma.py"
NORMAL = "tests/numerics/test_normal.py"
BETA = "tests/numerics/test_beta.py"
TABLES = "tests/numerics/test_beta_table.py"
DRAWS = "tests/distributions/test_marks.py"
PRIORS = "tests/distributions/test_priors.py"
MEANING = "tests/engines/test_semantics.py"
SPECIMENS = "tests/specimens/test_specimens.py"

FAULTS = (
    Fault(
        "a stream's key leaves out the name",
        "numerics/streams.py",
        r"1\0{seed}\0{name}\0{salt}",
        r"1\0{seed}\0{salt}",
        (STREAMS,),
    ),
    Fault(
        "a stream's key leaves out the salt",
        "numerics/streams.py",
        r"1\0{seed}\0{name}\0{salt}",
        r"1\0{seed}\0{name}",
        (STREAMS,),
    ),
    Fault(
        "a draw's run is cut off at 32 bits",
        "numerics/streams.py",
        "c0, c1, c2, c3 = run & MASK, run >> 32, occurrence & MASK, index & MASK",
        "c0, c1, c2, c3 = run & MASK, 0, occurrence & MASK, index & MASK",
        (STREAMS,),
    ),
    Fault(
        "a draw leaves out its index",
        "numerics/streams.py",
        "occurrence & MASK, index & MASK",
        "occurrence & MASK, 0",
        (STREAMS,),
    ),
    Fault(
        "a uniform may be nought",
        "numerics/streams.py",
        "return ((c0 << 21 | c1 >> 11) + 1) * UNIT",
        "return (c0 << 21 | c1 >> 11) * UNIT",
        (STREAMS,),
    ),
    Fault(
        "a threshold is made of one less its uniform",
        "numerics/streams.py",
        "return unit_exponential(uniform(key, run, occurrence, 0))",
        "return unit_exponential(1.0 - uniform(key, run, occurrence, 0) + UNIT)",
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
        "distributions/clock_laws.py",
        "if power < 40.0 else power",
        "if power < 4.0 else power",
        (LAWS,),
    ),
    Fault(
        "the inverse of the log-logistic hazard is cut off in the body",
        "distributions/clock_laws.py",
        "if hazard < 40.0 else hazard",
        "if hazard < 4.0 else hazard",
        (LAWS,),
    ),
    Fault(
        "the uniform hazard loses its digits at the upper end",
        "distributions/clock_laws.py",
        "return -log((high - age) / (high - low))",
        "return -log(1.0 - (age - low) / (high - low))",
        (LAWS,),
    ),
    Fault(
        "the triangular hazard loses its digits past the middle",
        "distributions/clock_laws.py",
        "    if chance < 0.5:\n",
        "    if chance < 5.0:\n",
        (LAWS,),
    ),
    Fault(
        "the triangular law falls too fast past its mode",
        "distributions/clock_laws.py",
        "uniform_age(mode, high, 0.5 * (hazard - at_mode))",
        "uniform_age(mode, high, hazard - at_mode)",
        (LAWS,),
    ),
    Fault(
        "a fixed time has not come at its end",
        "distributions/clock_laws.py",
        "age >= value and age > 0.0",
        "age > value and age > 0.0",
        (LAWS,),
    ),
    Fault(
        "the mean of a Weibull is taken for its scale's",
        "distributions/clock_laws.py",
        "exp(-log_gamma(1.0 + 1.0 / shape))",
        "exp(-log_gamma(1.0 / shape))",
        (LAWS,),
    ),
    Fault(
        "the mean of a lognormal is taken for its median",
        "distributions/clock_laws.py",
        "median_sigma(mean * exp(-0.5 * variance), math.sqrt(variance))",
        "median_sigma(mean, math.sqrt(variance))",
        (LAWS,),
    ),
    Fault(
        "the upper tail of the gamma is taken from the series of the lower",
        "numerics/gamma.py",
        "if x < shape + 1.0:",
        "if x < shape + 30.0:",
        (GAMMA, LAWS),
    ),
    Fault(
        "the gamma's inverse stops after one step",
        "numerics/gamma.py",
        "while count < 100:",
        "while count < 1:",
        (GAMMA,),
    ),
    Fault(
        "the normal's upper hazard is taken from the tail itself, which ends where floats do",
        "numerics/normal.py",
        "    return 0.5 * z * z - log(scaled_tail(z))\n",
        "    return -log(_upper_tail(z))\n",
        (NORMAL,),
    ),
    Fault(
        "the normal's inverse is left at its rational start",
        "numerics/normal.py",
        "    return z + step / (1.0 + 0.5 * step * (1.0 / mills - z))\n",
        "    return z\n",
        (NORMAL,),
    ),
    Fault(
        "the beta's tail is one less the rest, whose digits are lost",
        "numerics/beta.py",
        "    return front * _fraction(b, a, 1.0 - x) / b",
        "    return 1.0 - beta_cdf(a, b, x)",
        (BETA,),
    ),
    Fault(
        "Stirling's series is trusted too early",
        "numerics/gamma.py",
        "LARGE = 10.0",
        "LARGE = 3.0",
        (GAMMA,),
    ),
    Fault(
        "a large Poisson is one less than it should be",
        "distributions/marks.py",
        "exp(-gamma_hazard(k + 1.0, p))",
        "exp(-gamma_hazard(k + 2.0, p))",
        (DRAWS,),
    ),
    Fault(
        "a geometric counts the failures and not the trials",
        "distributions/marks.py",
        "return max(1, math.ceil(trials))",
        "return max(1, math.ceil(trials) - 1)",
        (DRAWS,),
    ),
    Fault(
        "an exponential mark loses its digits near nought",
        "distributions/marks.py",
        "-mean * log1p(-min(u, MOST))",
        "-mean * log1p((1.0 - min(u, MOST)) - 1.0)",
        (DRAWS,),
    ),
    Fault(
        "a bernoulli is true with the chance of being false",
        "distributions/marks.py",
        "return min(u, MOST) > 1.0 - _chance(p)",
        "return min(u, MOST) > _chance(p)",
        (DRAWS,),
    ),
    Fault(
        "a PERT leans to the wrong side",
        "distributions/priors.py",
        "a = 1.0 + 4.0 * ((mode - low) / (high - low))",
        "a = 1.0 + 4.0 * ((high - mode) / (high - low))",
        (PRIORS,),
    ),
    Fault(
        "a gamma prior is asked for its upper tail",
        "distributions/priors.py",
        "gamma_age(shape, -log1p(-_inner(u)))",
        "gamma_age(shape, -log(_inner(u)))",
        (PRIORS,),
    ),
    Fault(
        "the central value of a log-uniform is the middle of its range",
        "distributions/priors.py",
        "lambda low, high: math.sqrt(low) * math.sqrt(high)",
        "lambda low, high: 0.5 * (low + high)",
        (PRIORS,),
    ),
    Fault(
        "a drawn parameter is not brought to the model's unit",
        "model/luck.py",
        "parameter.arguments, chance) * parameter.factor",
        "parameter.arguments, chance)",
        ("tests/model/test_luck.py",),
    ),
    Fault(
        "the least count is sought from one below it",
        "distributions/marks.py",
        "    return int(high)\n",
        "    return int(low)\n",
        (DRAWS,),
    ),
    Fault(
        "a gamma given by its mean has it times its shape",
        "distributions/clock_laws.py",
        "scale = mean / shape",
        "scale = mean",
        (LAWS,),
    ),
    Fault(
        "a triangular prior leans to the wrong side",
        "distributions/priors.py",
        "if u < (mode - low) / (high - low):",
        "if u < (high - mode) / (high - low):",
        (PRIORS,),
    ),
    Fault(
        "a logarithm leaves out the low part of log 2",
        "numerics/elementary.py",
        "(k * LOG_2_LOW + LOG_TABLE[row + 3] + square * rest)",
        "(LOG_TABLE[row + 3] + square * rest)",
        (NUMERICS,),
    ),
    Fault(
        "an exponential forgets what its reduced argument rounds off",
        "numerics/elementary.py",
        "    rest = r * r * exp_rest(r) + ((high - r) - low)\n    # 1 + r",
        "    rest = r * r * exp_rest(r)\n    # 1 + r",
        (BITS,),
    ),
    Fault(
        "a power's logarithm is one float",
        "numerics/powers.py",
        "    product_low = rounded_off(y, log_high, product) + y * log_low\n",
        "    product_low = 0.0\n",
        (POWERS,),
    ),
    Fault(
        "every whole power of a negative number is positive",
        "numerics/powers.py",
        "return -size if odd and x < 0.0 else size",
        "return size",
        (POWERS,),
    ),
    Fault(
        "a table's polynomial is asked for as if every piece began in its middle",
        "numerics/beta_table.py",
        "t = 2.0 * (position - float(piece)) - 1.0",
        "t = 2.0 * (position - float(piece))",
        (TABLES,),
    ),
    Fault(
        "a table is not judged by how its pieces meet nor by what is left out",
        "numerics/beta_table.py",
        "if left_out > ALLOWED * size or abs(_value(short, -1.0) - end) > ALLOWED * size:",
        "if left_out > 1.0:",
        (TABLES,),
    ),
)

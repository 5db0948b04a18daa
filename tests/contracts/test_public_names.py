import sim

PUBLIC = [
    "Case",
    "Comparison",
    "Event",
    "LanguageError",
    "Ledger",
    "LedgerError",
    "Model",
    "Picture",
    "ReferenceEngine",
    "Results",
    "RunError",
    "Scenario",
    "SimError",
    "UsageError",
    "__version__",
    "compare",
    "compile_model",
    "load",
    "load_model",
    "load_scenario",
    "loads_model",
    "plot",
    "prepare",
    "query",
    "record",
    "run",
    "timeline",
]


def test_the_public_names_are_these_and_each_is_there():
    assert sorted(sim.__all__) == PUBLIC
    for name in PUBLIC:
        assert getattr(sim, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(sim, "utils")

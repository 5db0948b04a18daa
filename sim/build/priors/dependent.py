"""Priors that read other parameters: what they need of one another, once all parameters of a document are known.

Owns the complaints about rings (E313), about central values that do not exist (E311), and about what such a parameter
can never be (E329). What an argument is, is left to `known`; how values are drawn to `sim.model.priors.joint_prior`.
"""

from collections.abc import Mapping
from dataclasses import replace

from sim.build.builder import Builder
from sim.build.context import Context
from sim.build.domains import natural, refusal_over, support_over, ways_out
from sim.errors import RunError
from sim.language.yaml.parser import Keys
from sim.model.model import Model, Parameter
from sim.model.priors.joint_prior import JointPrior, ancestors, in_order, rings


def settle(builder: Builder) -> None:
    """Give the parameters of a model whose priors read others their domains and their central values.

    What reads a stand-in, itself or by others, has no central value yet.
    """
    found = builder.parameters
    _refuse_rings(builder, found)
    known = {("parameter", name): parameter.domain for name, parameter in found.items()}
    for parameter in in_order(found):
        keys: Keys = ("parameters", parameter.name)
        if not parameter.reads <= found.keys() - builder.unread:
            builder.unread.add(parameter.name)
            found[parameter.name] = _unread(parameter)
            continue
        domain = parameter.domain if parameter.ranged else natural(parameter.prior, support_over(parameter, known))
        known["parameter", parameter.name] = domain
        found[parameter.name] = parameter = replace(parameter, domain=domain)
        why = refusal_over(parameter, parameter, known)
        if why:
            where = (*keys, "prior") if (*keys, "prior") in builder.document.offsets else keys
            builder.complain("E329", why, where, ways_out(parameter))
        elif builder.stand_ins.isdisjoint(ancestors(found, [parameter.name])):
            found[parameter.name] = settled = _central(builder, found, parameter, (*keys, "prior", parameter.prior))
            if not settled.given:
                builder.unread.add(parameter.name)


def settle_scenario(
    parameters: dict[str, Parameter], model: Model, places: Mapping[str, tuple[Context, Keys]]
) -> Mapping[str, Parameter]:
    """Return the parameters of a scenario with the central values of those whose priors read others.

    `places` has where the scenario's own are given, by name. What is wrong is complained of there; what is then
    returned is good enough to look for other errors.
    """
    if not any(parameter.given for parameter in parameters.values()):
        return parameters
    for ring in [*rings(parameters)]:
        name = min(places.keys() & {*ring})
        context, keys = places[name]
        shown = " -> ".join([*ring, ring[0]])
        context.complain("E313", f"the prior of '{name}' reads its own value", keys, shown, key=True)
        parameters.update({one: _unread(parameters[one]) for one in ring})
    known = {("parameter", name): parameter.domain for name, parameter in model.parameters.items()}
    for parameter in in_order(parameters):
        changed = min(places.keys() & ancestors(parameters, [parameter.name]), default=None)
        if changed is None:
            continue
        context, keys = places[parameter.name if parameter.name in places else changed]
        why = refusal_over(parameter, model.parameters[parameter.name], known) if parameter.name in places else ""
        if why:
            where = (*keys, "prior") if (*keys, "prior") in context.document.offsets else keys
            context.complain("E518", why, where, ways_out(parameter))
            parameters[parameter.name] = _unread(parameter)
        else:
            parameters[parameter.name] = _central(context, parameters, parameter, keys)
    return parameters


def _refuse_rings(builder: Builder, parameters: dict[str, Parameter]) -> None:
    for ring in [*rings(parameters)]:
        shown = " -> ".join([*ring, ring[0]])
        message = f"the prior of '{ring[0]}' reads its own value"
        builder.complain("E313", message, ("parameters", ring[0]), shown, key=True)
        builder.unread.update(ring)
        parameters.update({name: _unread(parameters[name]) for name in ring})


def _central(context: Context, parameters: Mapping[str, Parameter], parameter: Parameter, keys: Keys) -> Parameter:
    """Return a parameter with its central value; as one with a value, after complaining that there is none."""
    joint = JointPrior(parameters)
    try:
        return replace(parameter, value=joint.value(parameter, joint.central(), None))
    except RunError as error:
        context.complain("E311", f"at the central values {error.message}", keys, "`--central` takes that value")
        return _unread(parameter)


def _unread(parameter: Parameter) -> Parameter:
    """Return a parameter that was refused as one that nothing more is said of."""
    return replace(parameter, prior="", given=())

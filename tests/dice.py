"""A small model without dates, whose runs differ in length: dice are thrown until a six falls."""

DICE = """
model: dice
title: Dice are thrown until a six falls
time: {unit: abstract}
horizon: 50
factions: {player: {title: The player}}
state: {last: {type: int, range: [0, 6], initial: 0}}
parameters: {pace: {prior: {uniform: [1, 2]}, basis: {judgement: one throw or two a turn}}}
events: {thrown: {by: player, marks: {eyes: int}, effects: {last: eyes}}}
rules:
  player_throws:
    faction: player
    when: last < 6
    clock: {rate: pace}
    emits: {event: thrown, eyes: "binomial(6, 0.5)"}
outcomes: {six: {when: last == 6, ends_run: true}}
"""

"""A model as a document for people who have never seen its files, after the ODD protocol.

Facts are read off a case alone: nothing is simulated. ODD is Overview, Design concepts, Details: Grimm and others,
Ecological Modelling 198 (2006) and 221 (2010), JASSS 23(2) 7 (2020).
"""

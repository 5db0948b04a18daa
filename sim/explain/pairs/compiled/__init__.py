"""The ways back through the causes of many pairs of runs, compiled: the same ways as those of `ways_back`.

Both runs of a pair are traced by the kernel's own steps (`traced_run`): the frame after each event and the stretches of
each clock go into two arrays. The parts of the model become one function, `part_value`, of which the text is made by
`part_questions` beside the tables that say what each part reads. The walk itself (`way_search`, `node_causes`,
`stretch_causes`, `frame_reading`) is written in the kernel's subset of Python, does not depend on the model, and goes
over all pairs of a call. Its results stay numbers until somebody asks for a `Way`.

`pair_causes` and what it calls decide what a cause is: a change is made there first, and the walk here must find the
same, cause by cause, in the same order. What is rare is left to them: see `is_within`, and pairs for which there is no
room.
"""

"""Slips in what is kept and how it is run: digests, segments, files on disk, manifests, the shell around the engine."""

from tests.mutants.fault import Fault

DIGEST = "tests/ledger/test_digest.py"
SEGMENTS = "tests/ledger/test_segments.py"
COLUMNS = "tests/ledger/test_columns.py"
PUBLISH = "tests/ledger/test_publish.py"
MANIFEST = "tests/ledger/test_manifest.py"
VERIFY = "tests/ledger/test_verify.py"
ENSEMBLE = "tests/ledger/test_ensemble.py"
RECORD = "tests/experiment/test_record.py"

FAULTS = (
    Fault(
        "a run's digest leaves out the faction",
        "ledger/digest.py",
        "            *faction[start:end],\n",
        "",
        (DIGEST,),
    ),
    Fault(
        "a run's digest leaves out how many marks each event has",
        "ledger/digest.py",
        "            counts[4 * start : 4 * end],\n",
        "",
        (DIGEST,),
    ),
    Fault(
        "a run's digest leaves out its number",
        "ledger/digest.py",
        'struct.pack("<qq", run, end - start)',
        'struct.pack("<qq", 0, end - start)',
        (DIGEST,),
    ),
    Fault(
        "a text's digest leaves out its length",
        "ledger/digest.py",
        'table.append(struct.pack("<I", len(data)) + data)',
        "table.append(data)",
        (DIGEST,),
    ),
    Fault(
        "a segment's root leaves out its first run",
        "ledger/digest.py",
        '_SEGMENT + struct.pack("<q", first) + digests',
        "_SEGMENT + digests",
        (DIGEST,),
    ),
    Fault(
        "a segment's pages have no checksums",
        "ledger/writer.py",
        "write_page_checksum=True",
        "write_page_checksum=False",
        (SEGMENTS,),
    ),
    Fault(
        "a segment's rows carry the run before theirs",
        "ledger/writer.py",
        'run.extend(array("q", [number]) * (end - start))',
        'run.extend(array("q", [max(number - 1, 0)]) * (end - start))',
        (SEGMENTS,),
    ),
    Fault(
        "a segment is read though its hash is another",
        "ledger/reader.py",
        "if digest(data) != segment.sha256:",
        "if len(data) == 0:",
        (SEGMENTS,),
    ),
    Fault(
        "rows are believed whatever runs they say they are of",
        "ledger/reader.py",
        'if run != _numbers("q", table["run"].chunks):',
        'if len(run) != len(_numbers("q", table["run"].chunks)):',
        (SEGMENTS,),
    ),
    Fault(
        "a group of rows that begins before the wanted runs is passed over",
        "ledger/reader.py",
        "group.start < runs.stop and runs.start < group.stop",
        "group.start < runs.stop and runs.start <= group.start",
        (SEGMENTS,),
    ),
    Fault(
        "rows that do not give the digests are let through",
        "ledger/reader.py",
        'if b"".join(found) != header.digests:',
        "if not found:",
        (SEGMENTS,),
    ),
    Fault(
        "a run is read with the marks of the run before",
        "ledger/columns.py",
        "columns.marks[columns.offsets[start] : columns.offsets[end]].tolist()",
        "columns.marks[: columns.offsets[end]].tolist()",
        (COLUMNS,),
    ),
    Fault(
        "a log that goes back in time is taken for whole",
        "ledger/columns.py",
        "assert all(map(le, times, times[1:]))",
        "assert all(map(le, times[:1], times[1:]))",
        (COLUMNS,),
    ),
    Fault(
        "a group of rows begins with the last run of the group before",
        "ledger/columns.py",
        "start, size = index + 1, 0",
        "start, size = index, 0",
        (COLUMNS,),
    ),
    Fault(
        "a file has its name before it is on the disk",
        "ledger/publish.py",
        "            rest = rest[os.write(file, rest) :]\n        os.fsync(file)\n",
        "            rest = rest[os.write(file, rest) :]\n",
        (PUBLISH,),
    ),
    Fault(
        "a name is acknowledged before it is on the disk",
        "ledger/publish.py",
        "        _sync_folder(path.parent)\n    return free",
        "    return free",
        (PUBLISH,),
    ),
    Fault(
        "a name that is taken is taken over",
        "ledger/publish.py",
        "        os.link(temporary, path)\n",
        "        os.replace(temporary, path)\n",
        (PUBLISH,),
    ),
    Fault(
        "a disk that takes a few bytes at a time gets only the first of them",
        "ledger/publish.py",
        "        while rest:\n            rest = rest[os.write(file, rest) :]\n",
        "        os.write(file, rest)\n",
        (PUBLISH,),
    ),
    Fault(
        "a manifest's digest leaves out the number of events",
        "ledger/manifest.py",
        '                    "events": segment.events,\n',
        "",
        (MANIFEST,),
    ),
    Fault(
        "the newest manifest is whichever the folder lists last",
        "ledger/manifest.py",
        "return sorted(int(name[:-5]) for name in names if _MANIFEST_NAME.fullmatch(name))",
        "return [int(name[:-5]) for name in names if _MANIFEST_NAME.fullmatch(name)]",
        (MANIFEST, VERIFY, ENSEMBLE),
    ),
    Fault(
        "ranges of runs that touch have a gap between them",
        "ledger/manifest.py",
        "if union and piece.start <= union[-1].stop:",
        "if union and piece.start < union[-1].stop:",
        (MANIFEST,),
    ),
    Fault(
        "a copied manifest is taken for a new one",
        "ledger/manifest.py",
        "if manifest_path(path.parent, manifest.number) != path:",
        "if not path.name:",
        (MANIFEST,),
    ),
    Fault(
        "a manifest need not follow from the one before it",
        "ledger/verify.py",
        "if parent not in (None, newest.parent):",
        "if parent is None and newest.parent is None:",
        (VERIFY,),
    ),
    Fault(
        "the root that a manifest states is believed",
        "ledger/verify.py",
        "if len(sound) == len(manifest.segments) and root != manifest.root:",
        "if len(sound) > len(manifest.segments) and root != manifest.root:",
        (VERIFY,),
    ),
    Fault(
        "the hash of a file that a manifest states is believed",
        "ledger/verify.py",
        "if reader.check_content(path, ensemble.id, segment.root) != segment.sha256:",
        'if reader.check_content(path, ensemble.id, segment.root) == "":',
        (VERIFY,),
    ),
    Fault(
        "segments stand in the manifest in the order in which they came",
        "ledger/ensemble.py",
        "tuple(sorted(kept.values(), key=lambda segment: (segment.first, segment.runs, segment.file)))",
        "tuple(kept.values())",
        (ENSEMBLE,),
    ),
    Fault(
        "a run in two segments is read twice",
        "ledger/ensemble.py",
        "                    yield from logs_of(columns, part)\n                start = stop\n",
        "                    yield from logs_of(columns, part)\n",
        (ENSEMBLE,),
    ),
    Fault(
        "chunks begin where the work begins, so that segments differ by who made them",
        "experiment/workers.py",
        "min(runs.stop, (first // CHUNK + 1) * CHUNK)",
        "min(runs.stop, first + CHUNK)",
        (RECORD,),
    ),
    Fault(
        "results come in the order in which workers are done",
        "experiment/record.py",
        "for start in sorted(made) for item",
        "for start in made for item",
        (RECORD, "tests/cli", "tests/analysis/test_study.py"),
    ),
    Fault(
        "runs before the first that is wanted are projected too",
        "experiment/record.py",
        "wanted = range(max(piece.start, runs.start), piece.stop)",
        "wanted = piece",
        (RECORD,),
    ),
    Fault(
        "runs of another seed are taken for one's own",
        "experiment/record.py",
        'if {**found, "questions": ""} == wanted:',
        'if {**found, "questions": "", "seed": spec["seed"]} == wanted:',
        (RECORD,),
    ),
    Fault(
        "luck is kept though the seed is another",
        "experiment/prepare.py",
        "(before.seed, before.central) != (seed, central)",
        "before.central != central",
        (RECORD,),
    ),
)

"""What each complaint about a ledger means, E7: what is missing, damaged, of another sim, or cannot be written."""

from sim.language.codes.runs import Entry

LEDGERS: tuple[Entry, ...] = (
    (
        "E701",
        "no such ensemble in the ledger",
        "Usual causes: a typo, or another ledger folder than the one that it was kept in.",
        "sim log 9f3c --ledger elsewhere",
        "sim list",
    ),
    (
        "E702",
        "the beginning of more than one ensemble's name",
        "Write more characters of it; the names that begin so are shown.",
        "sim log 9",
        "sim log 9f3c",
    ),
    (
        "E703",
        "a damaged file in the ledger",
        "Its content is not what was written: the disk, or somebody, changed it. `sim repair` sets it aside and makes "
        "the same runs again, bit for bit.",
        "an edited runs file",
        "the file as it was written",
    ),
    (
        "E704",
        "something missing in the ledger",
        "A file was deleted or moved, or a run was never made. Run the scenario again, or `sim repair`: what is there "
        "stays.",
        "a ledger from which files were removed",
        "the folder as a whole",
    ),
    (
        "E705",
        "a ledger of a newer format",
        "It was written by a later version than this one. Read it with that version.",
        "an old version of sim",
        "the version that wrote it, or a later one",
    ),
    (
        "E706",
        "the system refuses to read or write the ledger",
        "Usual causes: a full disk, missing permission, a file where a folder is expected.",
        "sim run status-quo.yaml --ledger /read-only",
        "sim run status-quo.yaml --ledger ./ledger",
    ),
    (
        "E707",
        "one run with two different logs",
        "Equal ensembles give equal runs, so one of the two was made by a faulty or changed program. Delete the wrong "
        "file and run again. Where `sim repair` says so, use the version of sim that made the runs.",
        "a ledger merged from two programs",
        "a ledger of one program",
    ),
    (
        "E708",
        "no such run in an ensemble",
        "Runs are numbered from 0. Usual causes: a number beyond the last run, or the number of another ensemble.",
        "sim log 9f3c --run 1000",
        "sim log 9f3c --run 999",
    ),
    (
        "E709",
        "runs that an engine makes otherwise",
        "Stored runs were made once more, and their logs are not those that were sealed. Either the ledger was made by "
        "a version of sim with a fault, or this one has it. `sim explain E707` says what to do with the files.",
        "sim verify 9f3c --against reference 50",
        "an ensemble whose runs come out the same on every engine",
    ),
    (
        "E710",
        "a log that is not kept",
        "Of large ensembles only outcomes, measures, parameters and each run's digest are kept, so this cannot be read "
        "from files. `sim log` makes a run's log again and proves it by its digest; `sim run --keep full` keeps them "
        "all.",
        'sim query "SELECT event FROM events" 9f3c',
        "sim run status-quo.yaml --runs 100000 --keep full",
    ),
    (
        "E711",
        "a worker that does not see the ledger",
        "Workers of a cluster write to the ledger themselves. Its folder must be on a file system that they all share, "
        "under the same path, or it must be in an object store. Where some see it, those that do not are left out with "
        "a warning, W036. Here none does.",
        "sim run status-quo.yaml --cluster tcp://scheduler:8786 --ledger ledger",
        "sim run status-quo.yaml --cluster tcp://scheduler:8786 --ledger /shared/ledger",
    ),
    (
        "E712",
        "something that is not done in an object store",
        "Objects are written once and never changed there. To mend or clean such a ledger, copy it to a folder with "
        "`sim copy`, and do it there; what is mended can be copied back to another prefix.",
        "sim repair --ledger s3://bucket/prefix",
        "sim copy s3://bucket/prefix copied-ledger, and then sim repair --ledger copied-ledger",
    ),
    (
        "E713",
        "an ensemble of another sim",
        "The meaning of runs has changed since: this sim would make others under the same seed, so it does not read "
        "this ensemble back. Its files are as they were, and `sim verify` checks them.",
        "sim query @outcomes 3f9a, made by an earlier version",
        "sim run status-quo.yaml",
    ),
    (
        "E714",
        "an ensemble that cannot be sealed once more",
        "Manifests are numbered from 1 to 99,999,999, and one of the last numbers is taken. Usual cause: somebody gave "
        "a file such a name; `sim repair` sets it aside.",
        "manifests/99999999.json, copied there by hand",
        "manifests/00000002.json after manifests/00000001.json",
    ),
    (
        "E715",
        "kept documents that this sim refuses",
        "The documents that an ensemble was made from lie with it as they were, and this sim finds an error in them "
        "that the one that made it did not look for.",
        "sim query @outcomes 3f9a, made by an earlier version",
        "sim run status-quo.yaml",
    ),
    (
        "E717",
        "an object store that refuses",
        "It answers, and will not do it: the bucket is not there, the key or its secret is wrong, has expired or lacks "
        "a right, the region is another one, or the store does not know conditional writes (If-None-Match). Nothing "
        "was lost: what is sealed stays valid.",
        "sim run status-quo.yaml --ledger s3://misspelt-bucket/ledger",
        "sim run status-quo.yaml --ledger s3://bucket/ledger",
    ),
    (
        "E718",
        "an object store that does not answer",
        "Nobody listens at the address, the network is down, or the store has answered with errors that pass (500, "
        "503, a broken connection) for a minute. The same command goes on where it stopped; what is sealed stays "
        "valid.",
        "AWS_ENDPOINT_URL=http://127.0.0.1:1, where nobody listens",
        "AWS_ENDPOINT_URL=https://minio.example:9000, where a store does",
    ),
    (
        "E719",
        "a copy that cannot be made",
        "`sim copy` takes a ledger and the place for its copy, which may have a ledger already. The two must be "
        "different places, neither in the other, and where both have an ensemble's runs these must be the same.",
        "sim copy ledger ledger",
        "sim copy ledger s3://bucket/ledger",
    ),
)

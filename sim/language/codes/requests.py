"""What each complaint about a request means, E0: what was asked makes no sense, whatever the documents say.

Each entry: the code, what it means, the usual causes, a wrong example, a right one. `entries`
shows them.
"""

from typing import TypeAlias

Entry: TypeAlias = tuple[str, str, str, str, str]

REQUESTS: tuple[Entry, ...] = (
    (
        "E001",
        "neither a code nor a key",
        "`sim explain` knows the codes of errors, such as E301, and the keys of the YAML files, such as memory or "
        "rules.memory.",
        "sim explain memmory",
        "sim explain memory",
    ),
    (
        "E002",
        "nothing to replay",
        "Only a scenario that names a history can be replayed, or a case with such a scenario.",
        "sim replay scenarios/ceasefire/model.yaml",
        "sim replay scenarios/ceasefire/status-quo.yaml",
    ),
    (
        "E003",
        "no event of a run",
        "`--from` names an ensemble by its id or the beginning of it, a run by its number, and an event of that run by "
        "the number that `sim log` shows.",
        "sim run status-quo.yaml --from 3f9a",
        "sim run status-quo.yaml --from 3f9a:17:40",
    ),
    (
        "E004",
        "a name that no case can have",
        "The name of a case becomes a folder's name: small letters, digits and '-'.",
        "sim new 'My Case!'",
        "sim new my-case",
    ),
    (
        "E005",
        "a case that is there already",
        "Nothing is ever written over. Choose another name, or edit the files that are there.",
        "sim new ceasefire",
        "sim new second-ceasefire",
    ),
    (
        "E006",
        "the files of a case cannot be written",
        "The system refuses: the disk is full, permission is missing, or a file stands where a folder is needed.",
        "sim new ceasefire, in a folder that cannot be written to",
        "sim new ceasefire, in a folder of your own",
    ),
    (
        "E007",
        "this is not a moment of the history",
        "`--until` takes a date such as 2030-01-09, which means to the end of that day, or 2030-01-09T14:30.",
        "sim replay status-quo.yaml --until 9.1.2030",
        "sim replay status-quo.yaml --until 2030-01-09",
    ),
    (
        "E008",
        "a query that cannot be answered",
        "`sim query` takes one SELECT in DuckDB's SQL over the tables that `sim query --tables` lists, or the name of "
        "a query that `sim query --queries` lists, with the ensembles that it takes.",
        "sim query 'SELECT * FROM evnts'",
        "sim query 'SELECT * FROM events LIMIT 5'",
    ),
    (
        "E009",
        "not a goal that can be run for",
        "`sim run --until` takes '±1pp on OUTCOME': run until the outcome's interval is within a percentage point to "
        "each side. `sim compare --until` takes '±1pp on difference in OUTCOME', of two scenarios that can be paired.",
        "sim run status-quo.yaml --until '1 % on peace'",
        "sim run status-quo.yaml --until '±1pp on peace'",
    ),
    (
        "E010",
        "a library that is not installed",
        "Data frames are pandas', which is installed only where somebody wants it.",
        "results.to_frame()",
        "pip install pandas, and then results.to_frame()",
    ),
    (
        "E011",
        "nothing to compare",
        "A comparison needs two scenarios at least that assume different things, a baseline that is one of them, and "
        "outcomes that they have.",
        "sim compare status-quo.yaml",
        "sim compare status-quo.yaml talks-hold.yaml",
    ),
    (
        "E012",
        "not a question that can be asked of runs",
        "A question is NAME: EXPRESSION, or NAME: {...} with the keys that a model file knows for an outcome or a "
        "measure.",
        "sim outcomes 3f9a --outcome 'tension < 0.2'",
        "sim outcomes 3f9a --outcome 'calm: tension < 0.2'",
    ),
    (
        "E013",
        "options that contradict each other",
        "Usual causes: drawing parameters that are kept at their central values; a bound on a search that is not "
        "there; a goal for runs that are not independent; a number that is out of bounds.",
        "sim run status-quo.yaml --draws 50 --central",
        "sim run status-quo.yaml --draws 50 --runs 100",
    ),
    (
        "E014",
        "an export that cannot be written",
        "Usual causes: a folder that is there already, since nothing is ever written over; missing permission; a model "
        "without dates for a format that needs them; a measure that does not fall into months.",
        "sim export csv status-quo.yaml --to folder-that-is-there",
        "sim export csv status-quo.yaml --to new-folder",
    ),
    (
        "E015",
        "a picture that cannot be drawn or written",
        "Usual causes: a file whose ending is none of .svg, .png, .pdf and .json; a folder that is not there; a kind "
        "of picture, or an outcome, that there is not; more than one scenario for a timeline.",
        "sim plot probabilities status-quo.yaml -o picture.doc",
        "sim plot probabilities status-quo.yaml -o picture.svg",
    ),
    (
        "E016",
        "no time by which to ask",
        "`--by` takes a date such as 2014-10-01, which means by its end, or 2014-10-01T12:00; a number where the "
        "model has no dates. It lies between the branch and the horizon.",
        "sim outcomes status-quo.yaml --by October",
        "sim outcomes status-quo.yaml --by 2014-10-01",
    ),
    (
        "E017",
        "a check that the model does not have",
        "`sim test --check` takes the names under `checks` in the model file.",
        "sim test scenarios/ceasefire --check no_waar",
        "sim test scenarios/ceasefire --check no_war",
    ),
    (
        "E019",
        "not the beginning of a digest",
        "`sim verify --root` takes what `sim run` and `sim list` print of a digest: 8 hexadecimal digits at least.",
        "sim verify --root 09f7",
        "sim verify --root 09f7ed2ddbdb",
    ),
    (
        "E021",
        "the kernel cannot be used",
        "The compiled engine needs llvmlite, which comes with sim, and it cannot be used here: it is missing, its "
        "files are damaged or made for another machine, or its version refuses the code. The reference engine makes "
        "the same runs without it, and takes longer; `--engine auto` takes it by itself, with warning W021.",
        "sim run status-quo.yaml --engine kernel",
        "sim run status-quo.yaml --engine reference",
    ),
    (
        "E022",
        "a query that would mix several ensembles",
        "Without an ensemble, `sim query` covers all that the ledger has: other scenarios, other seeds. A count over "
        "them all is a figure about none, so each row must say by a column `ensemble` which it is of. Or name the "
        "ensembles that are meant; or take all together by `--all`, in Python by all_ensembles=True.",
        "sim query 'SELECT count(*) FROM runs'",
        "sim query 'SELECT ensemble, count(*) FROM runs GROUP BY ensemble'",
    ),
    (
        "E024",
        "an argument of the wrong kind",
        "In Python, numbers of runs, seeds and workers are whole numbers, NumPy's too; switches are True or False. "
        "What equals a number and is none, such as 1.0 or True, would make the same runs under another name. A seed is "
        "from 0 to 9,223,372,036,854,775,807.",
        'sim.run("status-quo.yaml", seed=1.0)',
        'sim.run("status-quo.yaml", seed=1)',
    ),
    (
        "E026",
        "no such command",
        "Usual causes: a typo, or a scenario's file without the command that is to run it.",
        "sim rum status-quo.yaml",
        "sim run status-quo.yaml",
    ),
    (
        "E027",
        "what is printed cannot be written",
        "Standard output, or standard error, is full, broken or closed. The command goes on all the same: what it was "
        "to record is recorded. Then it says so on standard error, if that can be written to, and exits with 1. A pipe "
        "whose reader has seen enough is not an error, and neither is a standard error that was closed on purpose.",
        "sim run status-quo.yaml > /full-disk/result.txt",
        "sim run status-quo.yaml > result.txt",
    ),
    (
        "E028",
        "an argument, or the name of a file, that is not text",
        "Names, conditions and SQL are text in UTF-8, and so are the names of files that a ledger records, for it is "
        "read on other machines, too. Usual causes: a name in an older encoding; a locale that has other letters, such "
        "as LC_ALL=C with Python's UTF-8 mode switched off.",
        "sim explain $'\\xff'",
        "sim explain ÿ",
    ),
    (
        "E030",
        "an extra is not installed",
        "`--cluster` needs Dask, and a ledger in an object store needs obstore. Neither comes with a plain "
        "installation.",
        "pip install .",
        "pip install '.[cluster]'",
    ),
    (
        "E031",
        "a cluster that cannot be used",
        "`--cluster` takes the address of a Dask scheduler that runs, or `local`. Usual causes: the scheduler is not "
        "started, or listens elsewhere; no worker has joined it; the address lacks its port.",
        "sim run status-quo.yaml --cluster scheduler",
        "sim run status-quo.yaml --cluster tcp://scheduler:8786",
    ),
    (
        "E032",
        "a worker that has other sources of sim",
        "Driver and workers must make the same runs, so the sources that decide them must be the same, and not the "
        "release alone: a copy that somebody edited has the release of the one that nobody did. A worker that is there "
        "at the start and has others stops the command, and nothing was done. One that joins later is left out.",
        "a driver with sim 0.2.0, a worker with sim 0.1.0",
        "the same version, installed in the same way, everywhere",
    ),
    (
        "E033",
        "not a valid location for a ledger",
        "`--ledger` takes a folder, or s3://bucket/prefix for an object store. What nearly looks so is refused, lest "
        "it become a folder of that name. A bucket's name has 3 to 63 small letters, digits, dots and hyphens.",
        "sim run status-quo.yaml --ledger s3:/bucket/prefix",
        "sim run status-quo.yaml --ledger s3://bucket/prefix",
    ),
    (
        "E036",
        "fewer workers than were waited for",
        "`--wait` begins when as many workers as `--workers` says have joined the scheduler, and gives up after ten "
        "minutes. Nothing was done. Usual causes: the scheduler has no room for so many yet (`squeue`, `kubectl get "
        "pods`); workers that cannot reach it end by themselves. Without `--workers` and `--wait` work begins with "
        "the workers that are there, and those that join later get their share.",
        "sim run status-quo.yaml --cluster tcp://scheduler:8786 --workers 640 --wait",
        "sim run status-quo.yaml --cluster tcp://scheduler:8786 --workers 64 --wait",
    ),
    (
        "E038",
        "certificates of a cluster that are missing or not accepted",
        "A scheduler at tls:// accepts certificates that its authority has signed. Three variables of the "
        "environment name files: DASK_DISTRIBUTED__COMM__TLS__CA_FILE, the authority; "
        "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT and DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY, the driver's own "
        "certificate and key. Usual causes: one is not set, the certificate has expired, or another authority signed "
        "it. With DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION=true no address but tls:// is used.",
        "sim run status-quo.yaml --cluster tls://scheduler:8786",
        "export DASK_DISTRIBUTED__COMM__TLS__CA_FILE=ca.pem\n"
        "export DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT=client.pem\n"
        "export DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY=client-key.pem\n"
        "sim run status-quo.yaml --cluster tls://scheduler:8786",
    ),
    (
        "E039",
        "an object store that nobody said how to reach",
        "Where the store is and who asks, the environment says: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
        "AWS_REGION; AWS_SESSION_TOKEN for a temporary key; AWS_ENDPOINT_URL for a store that is not AWS's, with "
        "AWS_ALLOW_HTTP=true if its address begins with http. The profiles of ~/.aws are not read.",
        "AWS_ENDPOINT_URL=http://127.0.0.1:9000, and no AWS_ALLOW_HTTP",
        "AWS_ENDPOINT_URL=http://127.0.0.1:9000 AWS_ALLOW_HTTP=true",
    ),
)

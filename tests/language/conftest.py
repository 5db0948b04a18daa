"""The models of this folder are examples of what is said of them: no case whose checks are to be tried."""

collect_ignore_glob = ["diagnostics/*"]

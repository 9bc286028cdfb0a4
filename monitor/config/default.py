"""What `monitor init` writes."""

DEFAULT_TOML = """\
# Configuration of the monitor. Paths are relative to this file; a key that is not known is an error.
# A flag goes before a variable such as MONITOR_WATCH_FOLDER, and a variable before this file.

[watch]                      # what is watched
folder = "seeds"
include = ["**/*"]           # patterns of paths below the folder
exclude = []
max_size = "50 MB"           # a larger file is not read, and reported
settle = "2 s"               # a file that was modified this recently is looked at again

[store]
snapshots = "snapshots"      # the history and the ledger lie in here
ledger = "sqlite"            # or postgresql+psycopg://user@host/database (better: in MONITOR_STORE_LEDGER)

[schedule]                   # when `monitor watch` runs: one of the two
cron = "*/15 * * * *"        # as in crontab(5): 0 and 7 are Sunday
# every = "15 min"
# timezone = "Europe/Vienna" # of the cron line, and of dates without an offset; without it, the machine's

[hold]
deletions = "20 %"           # more than this and more than 10 documents vanished: the run is held

[limits]                     # of one document
time = "30 s"
memory = "1 GB"

[extract]                    # how documents are read
article = []                 # patterns of paths: web pages that are read for their main text alone

[report]
formats = ["html"]           # written after each run that found something: text, markdown, json, html
folder = "reports"

# [review]                   # see docs/review.md
# reviewer = "Ada"           # without it, --as NAME or the login name
# watch = ["ceasefire"]      # terms that lift a change in the queue
# [review.weights]
# "contracts/**" = 2

# [rules.footer]             # an ignore rule; `monitor rules preview` says what it would fold
# pattern = "Last updated: *"

# [notify.desk]              # one message after each run that found something
# url_file = "desk.url"      # a URL of Apprise; pip install 'monitor[notify]'
# score = 6

# [evidence]                 # see docs/evidence.md
# heads = "heads.txt"        # each run appends the newest snapshot's id, for you to publish
# key = "keys/monitor"       # an ssh key that signs the file

# [feeds]                    # Atom feeds, written after each run that found something
# folder = "feeds"
"""

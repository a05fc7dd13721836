"""Python loads this by itself in shells and jobs, which have this folder in PYTHONPATH: MariaDB does not end an idle
transaction there. A person thinks for longer than a page may, and a job may compute for an hour between two statements.
"""

try:
    from deployment_schema import sessions

    sessions.tell(idle_transaction_timeout=0)
except ImportError:
    # A Python without Django, or without the image's own modules.
    pass

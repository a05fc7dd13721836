"""Stands in for mysqlclient: each connect() does the next thing that MYSQL_SAYS lists, the last one for ever.

"ok", or an error as "number text", with | between them.
"""

import os

_says = os.environ["MYSQL_SAYS"].split("|")


class Error(Exception):
    pass


class OperationalError(Error):
    pass


class _Cursor:
    def execute(self, statement, values=()):
        print("SQL", statement % values if values else statement)

    def fetchone(self):
        # The lock is ours, and the other one nobody's.
        return (1, None)


class _Connection:
    def close(self):
        pass

    def cursor(self):
        return _Cursor()

    def thread_id(self):
        return 7


def connect(**_options):
    say = _says.pop(0) if len(_says) > 1 else _says[0]
    if say == "ok":
        return _Connection()
    number, _, text = say.partition(" ")
    raise OperationalError(int(number), text)

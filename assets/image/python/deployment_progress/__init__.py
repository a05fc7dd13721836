"""A migration that was cut off in the middle is finished by the next release.

MariaDB commits each change of the schema by itself, and Django notes a migration at its end only. So each statement is noted
in a table of our own, in the same database.
"""

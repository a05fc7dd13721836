"""The release program: makes a release serve on the host, goes back to an earlier one, and says what runs.

Needs Python 3.10 or newer and Docker. Who imports whom: cli → commands/ → steps/ → jobs/ → parts/ → host → docker/ and
the files beside host. steps/plan.py has the order of a release.
"""

"""Rosters in: a spreadsheet of delegations and people, tried first, then written in one transaction.

``columns`` tells what each column holds, ``cells`` reads one cell, ``plan`` decides the fate of each row, ``staging``
keeps an import until it is confirmed or forgotten, ``writing`` writes it, ``work`` does both by the page or a job.
"""

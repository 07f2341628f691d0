"""Living through years with the real code, and comparing with a calendar of its own.

`plain_calendar` says what should have come due, and knows nothing of Kept; `journal` holds what was
written down and what was seen, and compares; `keepers` live with their `books`, and `fates` befall
the people in them; `trouble` is what goes wrong; `living` is the years; `apart` keeps all of it
away from the installation's own book.
"""

"""How well promises and people are looked after: each figure has one definition and one query.

`definitions` says in words what each means; the function of the same name is the query. Whoever
shows a figure (Today, the page, its CSV, the weekly mail) takes it from here. All are computed by
the database, grouped by owner, over what the viewer may see counted; nothing reads what was due
before the stretch of days that is asked for.
"""

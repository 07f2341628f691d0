"""The demo: four people who log in, two colleagues, their invented customers, and the loading.

`keepers.toml` says who logs in, and who else is in their team. `books/<keeper>/*.toml` hold their
people, written by hand. `between.toml` says what passed between the members: handing over, offers
of help, looks. Nobody is real; emails end in `.example`, phones are numbers set aside for films
(+1 NXX 555 01XX, +49 171 39200XX, +49 176 040690XX, +49 69 90009 XXX, +33 3 53 01 XX XX,
+33 6 39 98 XX XX) or, for Switzerland, which has none, plainly invented (+41 61 or 79 555 01 XX).

**Days** are counted from the day on which the demo is made ("today"), so that it never goes stale:

- `{ days_ago = 37 }`, `{ in_days = 3 }`: that day. What was done by the keeper (notes, what was
  noted, promises made, moved, ended and their past due dates) moves from a weekend to the Friday
  before; life events, and whatever is to come, stay where they are.
- `{ in_days = 6, age = 39 }`: the day, with the year in which somebody of 39 that day was born; the
  same for an anniversary. Without an age, birthdays and anniversaries have no year.
- `{ month = 4, day = 2, age = 61 }`: the age reached in the current year. `{ month = 5 }`.
- `{ month_of = 27 }`: the month in which the day in 27 days lies. `{ years_ago = 4 }`,
  `{ age = 21 }`: only that year.
- `{ month = 9, day = 6, school_year = -3 }`: in the third school year before this one; it runs
  from June to May. `{ month = 12, day = 19, last = 1 }`: the last such day before today.

Texts may hold `{weekday:4}`, `{date:44}`, `{month:-30}` and `{season:150}`: the weekday, date,
month and season of the day that many days from today.

**A person** has `name`, `pronouns` and `how_met`, and may have `nickname`, `pronunciation`,
`company`, `title`, `emails`, `phones`, `addresses`, `urls`, `personal_details` (true: the details
are private ones), `circle` with `cadence_days`, `first_due` (for somebody never touched), `tags`,
`customer_for_years`, `birthday`, `portrait` (a file of `portraits/`), and lists of

- `relatives`: `relation`, `name`, `born`, `about`;
- `life_events`: `kind`, `who` (a relative's name; without it the person's own), `when`, `title`
  (what follows "her" or "Emma’s"), `noted`;
- `facts`: `kind`, `text`, `noted`; needs and interests read on after "Ask about";
- `jobs`: `company`, `title`, `from_years_ago`, `to_years_ago`;
- `notes`: `days_ago` or `on`, `at`, `channel`, `feeling`, `shared`, `began` (me; them; answered:
  they did, and had their answer), `text`, `also` (other people's names: one note for several);
- `promises`: `by` (me, them), `text`, `made_days_ago` (in the note of that day, if there is one),
  `due`, `moved` (`days_ago`, `to`, `told`), `ended` (`how`: kept, kept late, released, broken;
  `days_ago`, `comment`), `context` (`days_ago`, `text`: how it came to be missed), `private`,
  `snoozed_for` (put off yesterday, until so many days from today).
"""

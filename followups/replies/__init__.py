"""Replies to the morning mail become notes.

`addresses` are what they go to; they come by way of a provider (`arriving`), of a command, or of a
`mailbox` that Kept looks into. `taking` decides whether one is taken and what becomes of it: the
mail is parted (`parts`, `markup`), what its program put around the words is left out (`text`,
`phrases`), and they are read for whom they name (`naming`). What found nobody waits for its user's
word (`placing`).
"""

"""What the new keeper may say for a start: a text with places for names. Kept never sends it."""

# As they stand in a text that anybody can edit.
FIRST_NAME, NEW_KEEPER, FORMER_KEEPER = "[first name]", "[new keeper]", "[former keeper]"

SUGGESTED = f"""Dear {FIRST_NAME},

from now on I look after you in place of {FORMER_KEEPER}, who has told me what was promised to \
you. Whatever is on your mind, call or write: I would be glad to hear from you.

{NEW_KEEPER}"""


def introduce(text: str, *, first_name: str, new_keeper: str, former_keeper: str) -> str:
    """`text` with the names in their places."""
    names = {FIRST_NAME: first_name, NEW_KEEPER: new_keeper, FORMER_KEEPER: former_keeper}
    for place, name in names.items():
        text = text.replace(place, name)
    return text

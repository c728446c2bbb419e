"""Reading what an operator wrote about a person: a name, an identity number, or both."""

import re
import unicodedata

# A resident identity number, at the end of what was written.
_NUMBER = re.compile(r"(?P<name>.*?)[\s,，、:：()]*(?P<number>[0-9]{17}[0-9Xx])[\s)]*\Z", re.ASCII | re.DOTALL)


def identity_in(entry: str) -> tuple[str, str]:
    """(name, identity): 张三 and his number apart; a name alone stands for its bearer, a number alone has no name.

    The identity of a name alone is the entry itself, so that one name written twice is one person.
    """
    plain = unicodedata.normalize("NFKC", entry).strip()
    found = _NUMBER.match(plain)
    if found is None:
        return plain, entry
    return found["name"].strip(), found["number"]

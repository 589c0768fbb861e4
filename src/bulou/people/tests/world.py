"""Residents for tests. Numbers lie in the unassigned division 141099 and carry valid check digits."""

from stdnum.cn import ric

from bulou.people.register import Register, Resident


def number(serial: int, born: str = "19800101") -> str:
    """A valid identity number."""
    body = f"141099{born}{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


def resident(place: str, serial: int = 1, **more: object) -> Resident:
    """A resident with a phone; `more` replaces any of the values."""
    values = {
        "place": place,
        "name": f"王某{serial}",
        "identity": number(serial),
        "phone": f"1990000{serial:04d}",
        "relation": "户主",
        "presence": "home",
        "away": "",
        "doses": 3,
        "last_dose": "2022-01-05",
        "needs": "chronic",
        "remark": "",
    }
    return Resident(**(values | more))


def bring(*residents: Resident, by: str = "import:1"):
    """One file with these rows; gives (counts, repeats)."""
    register = Register()
    try:
        repeats = register.stage(list(enumerate(residents)))
        return register.merge(by=by), repeats
    finally:
        register.close()

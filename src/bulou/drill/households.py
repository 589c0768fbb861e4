"""Households and the people in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bulou.drill.divisions import words
from bulou.drill.names import full_name, surname
from bulou.drill.numbers import FEMALE, MALE, Numbers

AT_HOME, AWAY, TENANT = "在家", "外出", "租住"

_AWAY_TO = words("away_to")

_SHAPES = ("single", "couple", "one child", "two children", "three generations", "lone parent", "brothers")
_SHAPE_WEIGHTS = (9, 17, 23, 21, 25, 4, 1)


@dataclass(slots=True)
class Person:
    """One row of the residents' book."""

    name: str
    sex: str
    born: date
    identity: str
    phone: str
    relation: str
    status: str
    away_to: str
    doses: int
    last_dose: date | None
    needs: str


class Families:
    """Makes households, one after the other, from one stream of chance and of numbers."""

    def __init__(self, rng: Random, numbers: Numbers, day: date) -> None:
        self._rng, self._numbers, self._day = rng, numbers, day

    def household(self, *, rented: float) -> list[Person]:
        """The people behind one door, 户主 first; `rented` is the share of households that are tenants."""
        rng = self._rng
        shape = rng.choices(_SHAPES, _SHAPE_WEIGHTS)[0]
        tenant = rng.random() < rented
        members = self._members(shape)
        alone = len(members) == 1
        return [
            self._person(role, sex, age, family, tenant=tenant, alone=alone)
            for role, sex, age, family in members
        ]

    def adult(self) -> Person:
        """Somebody of working age who belongs to no household in the books."""
        sex = self._rng.choice((MALE, FEMALE))
        return self._person("户主", sex, self._rng.randint(20, 58), surname(self._rng))

    def _members(self, shape: str) -> list[tuple[str, str, int, str]]:
        """(relation, sex, age, surname) for each member."""
        rng, family = self._rng, surname(self._rng)
        age = rng.randint(24, 84) if shape in ("single", "couple") else rng.randint(28, 56)
        head = MALE if rng.random() < 0.8 else FEMALE
        found = [("户主", head, age, family)]
        if shape in ("single", "brothers"):
            extra = [("其他", head, max(18, age - 3), family)] if shape == "brothers" else []
            return found + extra
        if shape != "lone parent":
            spouse = FEMALE if head == MALE else MALE
            found.append(("配偶", spouse, max(22, age + rng.randint(-4, 3)), surname(rng)))
        if shape == "three generations":
            found += self._parents(head, age, family)
        return found + self._children(shape, age, family)

    def _parents(self, head: str, age: int, family: str) -> list[tuple[str, str, int, str]]:
        older = min(94, age + self._rng.randint(22, 29))
        both = self._rng.random() < 0.6
        father, mother = ("父", MALE, older, family), ("母", FEMALE, older - 2, surname(self._rng))
        return [father, mother] if both else [self._rng.choice((father, mother))]

    def _children(self, shape: str, age: int, family: str) -> list[tuple[str, str, int, str]]:
        rng = self._rng
        counts = {"couple": 0, "two children": 2, "three generations": rng.choice((1, 1, 2))}
        sexes = [rng.choice((MALE, FEMALE)) for _ in range(counts.get(shape, 1))]
        eldest = max(0, age - rng.randint(23, 32))
        ages = [max(0, eldest - i * rng.randint(2, 5)) for i in range(len(sexes))]
        return [("子" if s == MALE else "女", s, a, family) for s, a in zip(sexes, ages, strict=True)]

    def _person(
        self, role: str, sex: str, age: int, family: str, *, tenant: bool = False, alone: bool = False
    ) -> Person:
        rng = self._rng
        born = self._day - timedelta(days=age * 365 + age // 4 + rng.randrange(365))
        away = not tenant and 17 < age < 62 and rng.random() < 0.17
        doses, last = self._vaccination(age)
        return Person(
            name=full_name(rng, sex, family, young=age < 30),
            sex=sex,
            born=born,
            identity=self._numbers.identity(born, sex),
            phone=self._numbers.phone() if age > 13 and (age < 75 or rng.random() < 0.6) else "",
            relation=role,
            status=TENANT if tenant else AWAY if away else AT_HOME,
            away_to=rng.choice(_AWAY_TO) if away else "",
            doses=doses,
            last_dose=last,
            needs=self._needs(sex, age, alone),
        )

    def _vaccination(self, age: int) -> tuple[int, date | None]:
        """Doses and the date of the last: children from 3, a third dose from 18, fewer of the old."""
        rng = self._rng
        refused = 0.35 if age > 79 else 0.18 if age > 59 else 0.05
        if age < 3 or rng.random() < refused:
            return 0, None
        doses = 3 if age > 17 and rng.random() < 0.62 else rng.choice((1, 2, 2, 2, 2))
        first = date(2021, 12, 1) if doses == 3 else date(2021, 6, 1)
        return doses, min(self._day, first + timedelta(days=rng.randrange(120)))

    def _needs(self, sex: str, age: int, alone: bool) -> str:
        rng = self._rng
        rules = (
            ("透析", age > 25 and rng.random() < 0.0012),
            ("孕产妇", sex == FEMALE and 21 < age < 42 and rng.random() < 0.04),
            ("婴幼儿", age < 3),
            ("独居", alone and age > 59),
            ("残疾", rng.random() < 0.02),
            ("慢性病用药", age > 54 and rng.random() < 0.24),
        )
        return "、".join(need for need, true in rules if true)

"""A second compiler, written apart from the first, as its oracle: nullable booleans in Polars, step by step.

Here unknown is null, a lesion is a row of an exploded frame, and the fold goes by the worst certain rank; nothing is
shared with the columns of ``netlm`` but the tree of a criterion and the layout of the table.
"""

from __future__ import annotations

from functools import reduce

import polars as pl

from netlm.guidance import RANK, ROLES
from netlm.logic import VERDICTS, Always, And, AtLeast, Compare, Has, Lesions, Not, OneOf, Or, VerdictIn

BEST = len(VERDICTS) - 1
NEAR = "near_given"


def bits(order, words):
    return sum(2 ** order.index(word) for word in words)


def three(true, false):
    """True, false, or null."""
    frame = pl.DataFrame({"t": true, "f": false})
    return frame.select(pl.when("t").then(True).when("f").then(False).otherwise(None).alias("x"))["x"]


def either(flag, first, second):
    frame = pl.DataFrame({"flag": flag, "first": first, "second": second})
    return frame.select(pl.when("flag").then("first").otherwise("second").alias("x"))["x"]


class Oracle:
    """Truths and verdicts of every row of a frame; ``current`` has stale findings unknown."""

    def __init__(self, pack, frame, *, current=False, lesion=False, patients=None):
        self.pack, self.dictionary, self.frame = pack, pack.dictionary, frame
        self.current, self.lesion, self.patients = current, lesion, patients or self
        self.known, self.folded = {}, {}
        self.fields = self.dictionary.lesion_fields if lesion else {}

    def kind(self, name):
        return self.fields.get(name) or self.dictionary.facts[name].type

    def stale(self, name):
        months = None if name in self.fields else self.dictionary.validity(self.dictionary.facts[name])
        if not self.current or months is None:
            return pl.repeat(False, len(self.frame), eager=True)
        return self.frame[f"{name}.age"] > int(months)

    def column(self, name, part, unknown):
        found = self.frame[f"{name}.{part}"]
        return either(self.stale(name), pl.repeat(unknown, len(found), dtype=found.dtype, eager=True), found)

    def mask(self, name):
        if name in self.fields:
            return self.frame[f"{name}.may"]
        if name not in self.known:
            self.known[name] = self.resolved(self.dictionary.facts[name])
        return self.known[name]

    def recorded(self, fact):
        order = fact.type.words
        return self.column(fact.name, "may", bits(order, (fact.absent_means,) if fact.absent_means else order))

    def resolved(self, fact):
        table = fact.derivation
        if table is None:
            return self.recorded(fact)
        derived = self.derived(fact)
        if table.when_entered == "only":
            return derived
        base = self.recorded(fact)
        derived = derived.cast(base.dtype)
        both = either((base & derived) != 0, base & derived, base | derived)
        if table.when_entered == "wins":
            said = (self.column(fact.name, "stated", 0) > 0) & (base != bits(fact.type.words, fact.type.words))
            return either(said, base, both)
        return both

    def derived(self, fact):
        table, order = fact.derivation, fact.type.words
        if table.presence_of:
            lesions = table.presence_of == "lesions"
            given = self.frame["lesions.listed"] == 1 if lesions else self.column(table.presence_of, "stated", 0) == 2
            return given.cast(pl.Int64) * bits(order, ["yes"]) + (~given).cast(pl.Int64) * bits(order, ["no"])
        found = pl.repeat(0, len(self.frame), dtype=pl.Int64, eager=True)
        running = pl.repeat(True, len(self.frame), eager=True)
        for row in table.rows:
            truth = self.truth(row.when)
            here = running & truth.fill_null(True)
            found = found | (here.cast(pl.Int64) * bits(order, row.then))
            running = running & ~truth.fill_null(False)
        return found

    def truth(self, node):
        match node:
            case Always():
                return pl.repeat(True, len(self.frame), eager=True)
            case Compare(fact, operator, limit):
                return self.compare(fact, operator, float(limit.number))
            case OneOf(fact, words):
                mask, inside = self.mask(fact).cast(pl.Int64), bits(self.kind(fact).words, words)
                return three((mask & inside) == mask, (mask & inside) == 0)
            case Has(fact, word):
                bit = bits(self.kind(fact).words, [word])
                must = self.column(fact, "must", 0).cast(pl.Int64)
                may = self.column(fact, "may", bits(self.kind(fact).words, self.kind(fact).words)).cast(pl.Int64)
                return three((must & bit) != 0, (may & bit) == 0)
            case Not(part):
                return ~self.truth(part)
            case And(parts):
                return reduce(lambda a, b: a & b, map(self.truth, parts))
            case Or(parts):
                return reduce(lambda a, b: a | b, map(self.truth, parts))
            case AtLeast(count, parts):
                truths = [self.truth(part) for part in parts]
                sure = sum(truth.fill_null(False).cast(pl.Int64) for truth in truths)
                most = sum(truth.fill_null(True).cast(pl.Int64) for truth in truths)
                return three(sure >= count, most < count)
            case Lesions(quantifier, part):
                found = self.patients.over_lesions(quantifier, part)
                return self.spread(found) if self.lesion else found
            case VerdictIn(option, verdicts):
                possible, inside = self.patients.possible(option), bits(VERDICTS, verdicts)
                found = three((possible & inside) == possible, (possible & inside) == 0)
                return self.spread(found) if self.lesion else found
        raise AssertionError(node)

    def compare(self, fact, operator, limit):
        everything = self.kind(fact).everything.intervals[0]
        low, high = self.column(fact, "lo", float(everything.low)), self.column(fact, "hi", float(everything.high))
        match operator:
            case "<":
                return three(high < limit, low >= limit)
            case "<=":
                return three(high <= limit, low > limit)
            case ">":
                return three(low > limit, high <= limit)
            case ">=":
                return three(low >= limit, high < limit)
        point = (low == limit) & (high == limit)
        apart = (low > limit) | (high < limit) | self.in_gap(fact, limit)
        return three(point, apart) if operator == "==" else ~three(point, apart)

    def in_gap(self, fact, limit):
        stale = self.stale(fact)
        around = [
            any(gap["fact"] == fact and gap["lo"] <= limit <= gap["hi"] for gap in gaps)
            for gaps in self.frame["gaps"].to_list()
        ]
        return pl.Series(around, dtype=pl.Boolean) & ~stale

    def exploded(self):
        frame = self.frame.drop("gaps").with_row_index("row").explode("lesions").filter(pl.col("lesions").is_not_null())
        return Oracle(self.pack, frame.unnest("lesions"), current=self.current, lesion=True, patients=self)

    def unlisted(self):
        """One more lesion for every patient, of which nothing is known."""
        frame = self.frame.drop("gaps").with_row_index("row")
        values = {}
        for name, kind in self.dictionary.lesion_fields.items():
            if kind.kind == "number":
                values |= {f"{name}.lo": float(kind.number.low), f"{name}.hi": float(kind.number.high)}
            elif kind.kind == "word":
                values[f"{name}.may"] = bits(kind.words, ["no"] if name == NEAR else kind.words)
            elif kind.kind == "words":
                values |= {f"{name}.must": 0, f"{name}.may": bits(kind.words, kind.words)}
        frame = frame.with_columns(*(pl.lit(value).alias(name) for name, value in values.items()))
        return Oracle(self.pack, frame, current=self.current, lesion=True, patients=self)

    def spread(self, values):
        return values.gather(self.frame["row"])

    def over_lesions(self, quantifier, part):
        inner = self.exploded()
        truth = inner.truth(part)
        truth = truth if quantifier == "any" else ~truth
        per = (
            pl.DataFrame({"row": inner.frame["row"], "t": truth})
            .group_by("row")
            .agg(yes=pl.col("t").fill_null(False).any(), maybe=pl.col("t").is_null().any())
        )
        rows = self.frame.with_row_index("row").select("row")
        rows = rows.join(per, on="row", how="left", maintain_order="left").fill_null(False)
        found = three(rows["yes"], ~rows["maybe"] & (self.frame["lesions.complete"] == 1))
        return found if quantifier == "any" else ~found

    def effect(self, argument, currently):
        """Whether the argument bites; an absolute exclusion is not ruled out by a stale finding alone."""
        denies = ROLES[argument.role].bites_when.word == "false"
        truth = self.truth(argument.when)
        bites = ~truth if denies else truth
        if argument.role in ("requires", "excludes") and argument.strength == "absolute":
            now = currently.truth(argument.when)
            now = ~now if denies else now
            return three(bites.fill_null(False), ~bites.fill_null(True) & ~now.fill_null(True))
        return bites

    def fold(self, arguments, currently):
        ceiling = pl.repeat(BEST, len(self.frame), dtype=pl.Int64, eager=True)
        opened = dict.fromkeys(range(BEST), pl.repeat(False, len(self.frame), eager=True))
        for argument in arguments:
            rank, bites = RANK[ROLES[argument.role].verdict], self.effect(argument, currently)
            ceiling = either(
                bites.fill_null(False) & (ceiling > rank), pl.repeat(rank, len(ceiling), eager=True), ceiling
            )
            opened[rank] = opened[rank] | bites.is_null()
        found = pl.repeat(0, len(self.frame), dtype=pl.Int64, eager=True)
        for rank in range(BEST + 1):
            can = (ceiling == rank) | (opened.get(rank, ceiling == rank) & (ceiling > rank))
            found = found + can.cast(pl.Int64) * 2**rank
        return found

    def possible(self, option):
        patients = self.patients
        if option not in patients.folded:
            patients.folded[option] = patients.fold_option(option)
        return patients.folded[option]

    def fold_option(self, option):
        decides = [one for one in self.pack.arguments[option] if one.role != "supports"]
        currently = self.currently()
        patient = self.fold([one for one in decides if not one.lesion], currently)
        on_lesions = [one for one in decides if one.lesion]
        if not on_lesions:
            return patient
        listed, open_one = self.exploded(), self.unlisted()
        each = listed.fold(on_lesions, currently.exploded())
        more = open_one.fold(on_lesions, currently.unlisted())
        by_row = [[] for _ in range(len(self.frame))]
        for row, possible in zip(listed.frame["row"], each, strict=True):
            by_row[row].append(possible)
        open_list = (self.frame["lesions.listed"] == 1) & (self.frame["lesions.complete"] == 0)
        for row, (is_open, possible) in enumerate(zip(open_list, more, strict=True)):
            by_row[row] += [possible] if is_open else []
        found = [worst([own, best(lesions)]) if lesions else own for own, lesions in zip(patient, by_row, strict=True)]
        return pl.Series(found, dtype=pl.Int64)

    def currently(self):
        if "current" not in self.known:
            other = Oracle(self.pack, self.frame, current=True)
            other.folded = self.folded
            other.fold_option = self.fold_option
            self.known["current"] = other
        return self.known["current"]

    def argument(self, argument):
        """The truth as one patient is shown it."""
        bites = self.effect(argument, self.currently())
        return ~bites if ROLES[argument.role].bites_when.word == "false" else bites


def ranks(possible):
    return [rank for rank in range(BEST + 1) if possible >> rank & 1]


def best(sets):
    floor = max(min(ranks(one)) for one in sets)
    return sum({2**rank for one in sets for rank in ranks(one) if rank >= floor})


def worst(sets):
    ceiling = min(max(ranks(one)) for one in sets)
    return sum({2**rank for one in sets for rank in ranks(one) if rank <= ceiling})

"""Travel: lodging within the limit of city and rank, allowances by the day, nobody in two places (domain.md C3)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from automations.amounts import CENT
from automations.approvals.needs import TRIP
from automations.books import cached_property, remembered
from automations.books.facts import NormsOn
from automations.errors import RuleError
from automations.people import LEADERS
from automations.rows import RowView
from automations.rules.base import rule
from automations.rules.claims import LIVING, TABLE, TRAVEL, ClaimFacts, Figures
from automations.rules.receptions import payable_sum
from automations.workdays import local_date

LODGING = "住宿"
"""What the item of a hotel's invoice says."""

OTHERS, LEADING = "其他人员", "班子成员"
LIMITS = {OTHERS: "travel.hotel.default", LEADING: "travel.hotel.leader"}
CITIES = "travel.hotel.cities"
PER_DAY = ("travel.meal", "travel.city")


@dataclass
class Trip:
    """A traveller's claim held against the standards.

    Attributes:
        claim: The claim; one of ``is_trip`` with ``trip_days``.
    """

    claim: ClaimFacts

    @cached_property
    def travellers(self) -> tuple[int, ...]:
        """Whose trip it is."""
        return travellers_of(self.claim.row, self.claim.permit)

    @cached_property
    def hotel(self) -> Decimal:
        """元 on invoices for lodging."""
        found = (i.amount for i in self.claim.invoices if LODGING in (i.item or "") and i.amount is not None)
        return sum(found, Decimal(0))

    @cached_property
    def nights(self) -> int:
        """Nights in a hotel: as given (a night on a train is none), else one less than the days."""
        given = self.claim.hotel_nights
        return int(given) if given else max(math.ceil(self.claim.trip_days) - 1, 1)

    @cached_property
    def ranks(self) -> list[str]:
        """For each traveller, whose limit counts."""
        people = [self.claim.directory.get(person) for person in self.travellers]
        return [LEADING if p is not None and p.rank in LEADERS else OTHERS for p in people] or [OTHERS]

    @cached_property
    def per_night(self) -> Decimal:
        """元 that one night may cost for all of them."""
        place = str(self.claim.permit.place or "") if self.claim.permit is not None else ""
        return sum((hotel_limit(self.claim.norm, place, rank) for rank in self.ranks), Decimal(0))

    @cached_property
    def lodging(self) -> Decimal:
        """元 that all nights may cost."""
        return self.per_night * self.nights

    @cached_property
    def days(self) -> Decimal:
        """Days with an allowance: none on those whose organiser provides meals."""
        return max(self.claim.money("trip_days") - self.claim.money("provided_days"), Decimal(0))

    @cached_property
    def each_day(self) -> Decimal:
        """元 of allowance for one person and day."""
        return sum((self.claim.norm.money(key) for key in PER_DAY), Decimal(0))

    @cached_property
    def allowance(self) -> Decimal:
        """元 of allowance by the standard."""
        return self.days * self.each_day * len(self.ranks)

    @cached_property
    def asked(self) -> Decimal:
        """元 asked for beyond the invoices: the allowance."""
        return max(self.claim.asked - self.claim.invoice_sum, Decimal(0))

    @cached_property
    def paid_before(self) -> Decimal:
        """元 of allowance that other claims of the same trip and people ask for."""
        mine = [
            c
            for c in self.claim.of_same_request
            if c.category == TRAVEL and {*travellers_of(c, self.claim.permit)} & {*self.travellers}
        ]
        return sum((max(payable_sum([c]) - self._invoiced(c), Decimal(0)) for c in mine), Decimal(0))

    @cached_property
    def standard(self) -> Decimal:
        """元 that the claim may come to by the standards: allowance, tickets, lodging within its limit."""
        return self.allowance + self.claim.invoice_sum - max(self.hotel - self.lodging, Decimal(0))

    def _invoiced(self, claim: RowView) -> Decimal:
        found = self.claim.books.where("invoices", "claim", claim.id)
        return sum((i.amount for i in found if i.amount is not None), Decimal(0))


@remembered
def trip_of(claim: ClaimFacts) -> Trip | None:
    """The trip that a claim pays for; None for other claims and before its days are filled in."""
    return Trip(claim) if claim.is_trip and claim.trip_days is not None else None


def travellers_of(claim: RowView, permit: RowView | None) -> tuple[int, ...]:
    """出差人员; where none are given who is paid, else whom the request names."""
    if claim.travellers:
        return tuple(claim.travellers)
    if claim.payee is not None:
        return (claim.payee,)
    return tuple(permit.people) if permit is not None else ()


def hotel_limit(norm: NormsOn, place: str, rank: str) -> Decimal:
    """元 for one person's night: of the city, where 参数标准 has it, else the general one.

    Raises:
        RuleError: The list of cities cannot be read.
    """
    for entry in norm.names(CITIES):
        city, _, limits = entry.partition("=")
        others, _, leading = limits.partition("/")
        if not (city and others.isdecimal() and leading.isdecimal()):
            raise RuleError(f"参数“{CITIES}”应写成“成都=370/480、北京=500/650”，现在有“{entry}”。")
        if city in place:
            return Decimal(leading if rank == LEADING else others)
    return norm.money(LIMITS[rank])


@rule(
    "EX-05",
    TABLE,
    "C3；差旅费管理办法",
    "住宿{each}元/天，超过{city}{rank}限额{limit}元，超出部分个人自理。",
    settings=(*LIMITS.values(), CITIES),
)
def lodging_within_limit(claim: ClaimFacts) -> Figures:
    """A hotel costs no more than the limit of city and rank; whoever pays the rest himself asks for less."""
    trip = trip_of(claim)
    if trip is None or trip.hotel <= trip.lodging or claim.asked <= trip.standard:
        return
    people = len(trip.ranks)
    rank = trip.ranks[0] if len(set(trip.ranks)) == 1 else ""
    yield {
        "each": (trip.hotel / trip.nights).quantize(CENT),
        "city": claim.permit.place if claim.permit is not None and claim.permit.place else "当地",
        "rank": rank if people == 1 else f"{rank}{people}人",
        "limit": trip.per_night,
    }


@rule(
    "EX-05",
    TABLE,
    "C3；差旅费管理办法",
    "出差补助{asked}元，超过标准{allowance}元（{people}人×{days}天×{each}元），多出{over}元，请核减。",
    settings=PER_DAY,
)
def allowance_by_the_day(claim: ClaimFacts) -> Figures:
    """Beyond the invoices a trip gets its days × 伙食 and 市内交通, all its claims together."""
    trip = trip_of(claim)
    if trip is None or not claim.invoices or trip.asked == 0:
        return
    asked = trip.asked + trip.paid_before
    if asked > trip.allowance:
        yield {
            "asked": asked,
            "allowance": trip.allowance,
            "people": len(trip.ranks),
            "days": f"{trip.days.normalize():f}",
            "each": trip.each_day,
            "over": asked - trip.allowance,
        }


@rule("EX-05", TABLE, "C3；差旅费管理办法", "出差{days}天，多于事前审批{permit}的{permitted}天，请核对或补办审批。")
def no_longer_than_permitted(claim: ClaimFacts) -> Figures:
    """A trip is claimed for no more days than were approved."""
    trip, permit = trip_of(claim), claim.permit
    if trip is None or permit is None or permit.starts_at is None or permit.ends_at is None:
        return
    permitted = (local_date(permit.ends_at) - local_date(permit.starts_at)).days + 1
    if claim.trip_days > permitted:
        days = f"{claim.trip_days.normalize():f}"
        yield {"days": days, "permit": permit.code, "permitted": permitted}


@rule("EX-13", TABLE, "C3", "{name}{day}已在{code}报销出差，时间重叠。")
def in_one_place_at_a_time(claim: ClaimFacts) -> Figures:
    """Nobody is on two trips at once; two claims of one trip are no two trips (EX-04, EX-05)."""
    permit = claim.permit
    if not claim.is_trip or permit is None or permit.starts_at is None or permit.ends_at is None:
        return
    for person in travellers_of(claim.row, permit):
        for other, overlap in _trips_at_the_same_time(claim, permit, person):
            yield {"name": claim.directory.name(person), "day": overlap, "code": other.code}


def _trips_at_the_same_time(claim: ClaimFacts, permit: RowView, person: int) -> Iterator[tuple[RowView, object]]:
    """Living claims for other trips of a person, with the first day that both trips have."""
    for other in claim.books.where("requests", "people", person):
        if other.id == permit.id or other.kind != TRIP or other.starts_at is None or other.ends_at is None:
            continue
        if other.starts_at < permit.ends_at and permit.starts_at < other.ends_at:
            for row in claim.books.where(TABLE, "request", other.id):
                travelled = row.category == TRAVEL and row.status in LIVING
                if travelled and person in travellers_of(row, other):
                    yield row, local_date(max(other.starts_at, permit.starts_at))


@rule("EX-13", TABLE, "C3", "{unit}{day}已由培训班“{course}”供餐，不能再报当日接待餐。")
def guests_eat_once(claim: ClaimFacts) -> Figures:
    """Who came for a class eats with the class: no reception meal for them on a day with class meals."""
    permit = claim.permit
    if claim.category != "公务接待费" or permit is None or permit.starts_at is None:
        return
    day = local_date(permit.starts_at)
    served = {c for meal in claim.books.where("meals", "date", day) for c in meal.classes}
    for course_id in sorted(served):
        course = claim.books.row("training_classes", course_id)
        if course is None:
            continue
        same = course_id == permit.training_class
        sent = bool(permit.guest_unit) and permit.guest_unit == course.entrusting_unit
        if same or sent:
            yield {"unit": permit.guest_unit or "来访人员", "day": day, "course": course.name}

"""Forms of a room, a booking, and the rooms of a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from bidding.conduct.forms import Accepting
from bidding.conduct.rules import Text
from bidding.rooms.models import Booking, Room
from bidding.rooms.rules import (
    AHEAD,
    KIND_LABELS,
    MAX_CAMERAS,
    MAX_SEATS,
    PURPOSE_LABELS,
    Purpose,
    RoomKind,
    Span,
    for_opening,
    rounded,
)
from bidding.rooms.service import MAX_REASON, RoomFacts, Want
from bidding.web.forms import Form, InstantField

_MUST = _l("请填写这一项。")
_CHOOSE = _l("请选一项。")
#: How long the rooms of a project are usually wanted, in minutes.
OPENING_MINUTES, EVALUATION_MINUTES = (60, 90, 120, 180, 240), (120, 240, 480, 1440, 2880)
_OPENING, _EVALUATION = 120, 240


class RoomForm(Form):
    """What a room is."""

    kind = RadioField(_l("用途"), validators=[InputRequired(_CHOOSE)])
    name = StringField(_l("名称"), validators=[InputRequired(_MUST), Length(max=60)])
    place = StringField(
        _l("位置"), validators=[Length(max=200)], description=_l("楼层和房号，会印在公告上，例如 3 楼 301。")
    )
    seats = IntegerField(
        _l("座位"),
        validators=[InputRequired(_MUST), NumberRange(0, MAX_SEATS)],
        render_kw={"inputmode": "numeric"},
    )
    equipment = TextAreaField(
        _l("设备"),
        validators=[Length(max=500)],
        description=_l("用顿号或换行分开，例如：投影仪、音响、视频监控。"),
        render_kw={"rows": 3},
    )
    cameras = IntegerField(
        _l("摄像头（路）"),
        default=0,
        validators=[InputRequired(_MUST), NumberRange(0, MAX_CAMERAS)],
        render_kw={"inputmode": "numeric"},
    )
    is_open = BooleanField(
        _l("接受预定"), default=True, description=_l("停用后不能再预定；已经定下的照旧，要换的另行改期。")
    )

    def __init__(self, room: Room | None = None) -> None:
        data = {}
        if room is not None:
            data = {
                "kind": room.kind.value,
                "name": room.name,
                "place": room.place,
                "seats": room.seats,
                "equipment": "、".join(room.things),
                "cameras": room.cameras,
                "is_open": room.is_open,
            }
        super().__init__(data=data or None)
        self.kind.choices = [SelectChoice(kind.value, _(label)) for kind, label in KIND_LABELS.items()]

    @property
    def facts(self) -> RoomFacts:
        """What was written."""
        return RoomFacts(
            kind=RoomKind(self.kind.data),
            name=self.name.data or "",
            place=self.place.data or "",
            seats=self.seats.data or 0,
            equipment=self.equipment.data or "",
            cameras=self.cameras.data or 0,
            is_open=bool(self.is_open.data),
        )


class _SpanForm(Form):
    """A room from one time to another."""

    room = SelectField(_l("场地"), validators=[InputRequired(_CHOOSE)])
    starts_at = InstantField(
        _l("从（北京时间）"), validators=[InputRequired(_MUST)], description=_l("按一刻钟预定。")
    )
    ends_at = InstantField(
        _l("到（北京时间）"),
        validators=[InputRequired(_MUST)],
        description=_l("到这个时间为止，下一场可以从这时开始。"),
    )

    def offer(self, rooms: Sequence[Room]) -> None:
        """Let one of these be chosen."""
        self.room.choices = [SelectChoice(each.uid, room_words(each)) for each in rooms]

    @property
    def span(self) -> Span | None:
        """The time that was asked for, where both ends were given."""
        if self.starts_at.data is None or self.ends_at.data is None:
            return None
        return Span(self.starts_at.data, self.ends_at.data)


class BookForm(Accepting, _SpanForm):
    """Booking a room, for a project or for something else."""

    purpose = RadioField(_l("用途"), validators=[InputRequired(_CHOOSE)], default=Purpose.OTHER.value)
    project = StringField(
        _l("项目编号"),
        validators=[Optional(), Length(max=64)],
        description=_l("开标、评标要写。起草中的项目，在“时间”一页和时间一起定更方便。"),
    )
    matter = StringField(
        _l("用来做什么"),
        validators=[Optional(), Length(max=200)],
        description=_l("没有项目编号的要写，例如：代理机构业务培训。只有本单位和管理员看得到。"),
    )

    def __init__(self, rooms: Sequence[Room], unread: Sequence[Text], **data: Any) -> None:
        super().__init__(unread=unread, data=data or None)
        self.offer(rooms)
        self.purpose.choices = [SelectChoice(each.value, _(label)) for each, label in PURPOSE_LABELS.items()]


class MoveForm(_SpanForm):
    """Another room or time."""

    def __init__(self, booking: Booking, rooms: Sequence[Room], *, fresh: bool = False) -> None:
        kept = {"room": booking.room.uid, "starts_at": booking.starts_at, "ends_at": booking.ends_at}
        super().__init__(**({"formdata": None} if fresh else {}), data=kept)
        self.offer(rooms)


class CancelForm(Form):
    """Why a room is given back."""

    reason = TextAreaField(
        _l("取消的原因"), validators=[InputRequired(_MUST), Length(max=MAX_REASON)], render_kw={"rows": 2}
    )


def room_words(room: Room) -> str:
    """A room in a list: its name, where it is, and how many sit in it."""
    return " · ".join(part for part in (room.name, room.place, _("%(count)s 座", count=room.seats)) if part)


def long_words(minutes: int) -> str:
    """A length that is offered: ``90 分钟``, ``4 小时``, ``2 天``."""
    if minutes % 1440 == 0:
        return str(_("%(count)s 天", count=minutes // 1440))
    if minutes % 60 == 0:
        return str(_("%(count)s 小时", count=minutes // 60))
    return str(_("%(count)s 分钟", count=minutes))


@dataclass(frozen=True, slots=True)
class Offer:
    """What a project's dates page has to choose from, and what is booked for it already."""

    openings: Sequence[Room]
    evaluations: Sequence[Room]
    booked: Mapping[Purpose, Booking]

    @property
    def data(self) -> dict[str, str]:
        """What the fields show at first: what stands booked."""
        opening, evaluation = self.booked.get(Purpose.OPENING), self.booked.get(Purpose.EVALUATION)
        found = {
            "opening_minutes": str(_minutes(opening.span) - _minutes(AHEAD) if opening else _OPENING),
            "evaluation_minutes": str(_minutes(evaluation.span) if evaluation else _EVALUATION),
        }
        if opening is not None:
            found["opening_room"] = opening.room.uid
        if evaluation is not None:
            found["evaluation_room"] = evaluation.room.uid
        return found


#: The fields of a project's form that speak of rooms.
_OF_ROOMS = ("opening_room", "opening_minutes", "evaluation_room", "evaluation_minutes")


def offer_rooms(form: Form, offer: Offer) -> None:
    """Let the rooms of a project be chosen on a form with the fields ``_OF_ROOMS``; a centre without rooms is not asked."""
    data = offer.data
    for names, rooms, none, minutes in (
        (_OF_ROOMS[:2], offer.openings, _("不用开标室，网上开标"), OPENING_MINUTES),
        (_OF_ROOMS[2:], offer.evaluations, _("现在不定"), EVALUATION_MINUTES),
    ):
        if not rooms:
            for name in names:
                delattr(form, name)
            continue
        room, length = (form[name] for name in names)
        room.choices = [SelectChoice("", none), *(SelectChoice(each.uid, room_words(each)) for each in rooms)]
        length.choices = [
            SelectChoice(str(each), long_words(each)) for each in sorted({*minutes, int(data[names[1]])})
        ]


def wants_of(form: Form, opens_at: datetime, prices_open_at: datetime | None) -> list[Want]:
    """The rooms that were chosen: the evaluation follows the opening, and prices are opened where the bids were."""
    chosen = {name: form[name].data for name in _OF_ROOMS if name in form}
    lasts = timedelta(minutes=int(chosen.get("opening_minutes", _OPENING)))
    found = []
    if room := chosen.get("opening_room"):
        found.append(Want(Purpose.OPENING, room, for_opening(opens_at, lasts), "opening_room"))
        if prices_open_at is not None:
            span = for_opening(prices_open_at, lasts)
            found.append(Want(Purpose.PRICES, room, span, "opening_room"))
    if room := chosen.get("evaluation_room"):
        begins = opens_at + lasts
        span = rounded(Span(begins, begins + timedelta(minutes=int(chosen["evaluation_minutes"]))))
        found.append(Want(Purpose.EVALUATION, room, span, "evaluation_room"))
    return found


def _minutes(length: Span | timedelta) -> int:
    if isinstance(length, Span):
        length = length.ends_at - length.starts_at
    return int(length.total_seconds()) // 60

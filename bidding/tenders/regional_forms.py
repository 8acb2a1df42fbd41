"""Forms of thresholds that a region sets for itself."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from bidding.tenders.forms import MoneyRuleForm
from bidding.tenders.service import Region

_MUST = _l("请填写这一项。")


class RegionalRuleForm(MoneyRuleForm):
    """What a threshold is in a region that has one of its own, and the text that sets it there."""

    law = StringField(
        _l("依据的文件"),
        validators=[InputRequired(_MUST), Length(max=100)],
        description=_l("省级政府或者它授权的机构公布的（政府采购法第7条、第27条）。"),
    )
    article = StringField(_l("第几条"), validators=[Optional(), Length(max=60)])

    def region_of(self, division: str, name: str) -> Region:
        """The region with what was filled in of it."""
        return Region(division, name, self.law.data or "", self.article.data or "")


class NewRegionForm(RegionalRuleForm):
    """The first value in a region. It stands on one page with the form of the figure itself, so its names differ."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(prefix="new", **kwargs)

    region = StringField(
        _l("地区"), validators=[InputRequired(_MUST), Length(max=60)], description=_l("例如 明川县。")
    )
    division = StringField(
        _l("行政区划代码"),
        validators=[InputRequired(_MUST), Length(max=6)],
        description=_l("6 位，例如 510500。设到市、省的，下面各县都按它，县里另设的除外。"),
        render_kw={"inputmode": "numeric"},
    )

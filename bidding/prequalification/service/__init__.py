"""What may be done with prequalifications; every act in the caller's one transaction."""

from bidding.prequalification.service.applying import (
    Said,
    add_file,
    hand_in,
    remove_file,
    withdraw,
)
from bidding.prequalification.service.correcting import amend, held
from bidding.prequalification.service.drafting import (
    Dates,
    add_document,
    hand_over,
    publish,
    remove_document,
    review,
    send_back,
    set_dates,
)
from bidding.prequalification.service.ending import drop_end, end, propose_end
from bidding.prequalification.service.examining import (
    decide,
    keep_verdicts,
    open_applications,
    return_review,
)
from bidding.prequalification.service.gate import require_qualified, takes_documents
from bidding.prequalification.service.notice import notice_text

__all__ = [
    "Dates",
    "Said",
    "add_document",
    "add_file",
    "amend",
    "decide",
    "drop_end",
    "end",
    "hand_in",
    "hand_over",
    "held",
    "keep_verdicts",
    "notice_text",
    "open_applications",
    "propose_end",
    "publish",
    "remove_document",
    "remove_file",
    "require_qualified",
    "return_review",
    "review",
    "send_back",
    "set_dates",
    "takes_documents",
    "withdraw",
]

"""What an agency's own systems do with a key: drafts, their files, and what became of the agency's projects.

Nothing here publishes, hands over or decides: two persons do, in a browser. Nothing here knows of bids before the opening.
"""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from bidding.api import intake, presentation, queries, service
from bidding.api.bearer import key_actor, key_id, transaction
from bidding.api.routes.blueprint import bp
from bidding.api.routes.public import results_of
from bidding.api.rules import OtherBytes, Scope
from bidding.api.schemas.common import Stretch
from bidding.api.schemas.own import (
    DraftChanged,
    DraftSent,
    FileKept,
    FileNamed,
    OpeningRecord,
    OwnProject,
    OwnProjects,
    Repeatable,
)
from bidding.api.schemas.public import ProjectResult, StageAsked
from bidding.core.canonical import sha
from bidding.core.errors import N_
from bidding.storage import blobs, keep
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.web import streaming
from bidding.web.context import now, session
from bidding.web.forms import takes_bytes

Asked = dict[str, Any]


@bp.operation(
    "/projects",
    OwnProjects,
    N_("本单位的项目，最新的在前"),
    scope=Scope.READ,
    query=Stretch,
)
def projects(asked: Asked) -> Any:
    """The agency's own projects."""
    rows, following = queries.own_projects(
        session(), key_actor(), before=asked.get("cursor"), size=asked["limit"]
    )
    return presentation.stretch(map(presentation.own, rows), "cursor", following)


@bp.operation(
    "/projects",
    OwnProject,
    N_("新建一个草稿，按网页上的规则检查；重发得到同一个"),
    scope=Scope.DRAFT,
    method="POST",
    status=201,
    again=True,
    headers=Repeatable,
    body=DraftSent,
)
def create_project(repeatable: Asked, sent: Asked) -> Any:
    """A draft by the desk's own forms; the same content under the same key is one draft."""
    digest, called = sha(request.get_data()).hex(), repeatable["idempotency_key"]
    known = service.sent_before(
        session(), key_actor(), called, digest
    )  # before rules that may be others by now
    if known is not None:
        uid, is_new = known.uid, False
    else:
        draft = intake.taken(session(), sent, now())
        with transaction() as tx:
            project, is_new = service.create_draft(
                tx,
                draft,
                key_id=key_id(),
                idempotency_key=called,
                body_sha256=digest,
                region=current_app.config["REGION"],
            )
            uid = project.uid
    return (
        _whole(tenders.project_for(session(), key_actor(), uid)),
        201 if is_new else 200,
        {"Location": presentation.address("api.project", uid=uid)},
    )


@bp.operation(
    "/projects/<uid>",
    OwnProject,
    N_("本单位的一个项目；草稿还差什么也在内"),
    scope=Scope.READ,
)
def project(uid: str) -> Any:
    """One of the agency's own projects."""
    return _whole(tenders.project_for(session(), key_actor(), uid))


def _whole(found: Project) -> dict[str, Any]:
    drafting = found.stage in (Stage.DRAFT, Stage.SUBMITTED)
    problems = tenders.review(session(), found, now()) if drafting else []
    return presentation.own_whole(found, problems, by_key=queries.came_by_key(session(), found.id))


@bp.operation(
    "/projects/<uid>",
    OwnProject,
    N_("改写一个由接口送来的草稿；version 是看到的版本，别人改过的不会被盖掉"),
    scope=Scope.DRAFT,
    method="PUT",
    body=DraftChanged,
)
def update_project(sent: Asked, uid: str) -> Any:
    """Put a draft in the words that come now."""
    tenders.project_for(session(), key_actor(), uid)  # who may not see it learns nothing of its words
    version = sent.pop("version")
    draft = intake.taken(session(), sent, now())
    with transaction() as tx:
        service.update_draft(tx, uid, draft, version=version)
    return _whole(tenders.project_for(session(), key_actor(), uid))


@bp.operation(
    "/projects/<uid>/documents/<sha256>",
    FileKept,
    N_("给草稿附上一个文件；网址里是它的 SHA-256，重发无害"),
    scope=Scope.DRAFT,
    method="PUT",
    status=201,
    again=True,
    query=FileNamed,
    takes_file=True,
)
@takes_bytes("MAX_FILE")
def put_document(asked: Asked, uid: str, sha256: str) -> Any:
    """Take a file as it comes over the line; it is kept only if it is what was announced."""
    if request.mimetype != "application/octet-stream":
        raise UnsupportedMediaType
    tenders.project_for(session(), key_actor(), uid)
    digest, size = keep(blobs(), streaming.read(request).chunks)
    if digest and digest != sha256:
        raise OtherBytes(field="sha256", found=digest)
    with transaction() as tx:
        is_new = service.attach(tx, uid, asked["name"], digest, size)
    return {"sha256": sha256, "name": asked["name"]}, 201 if is_new else 200


@bp.operation(
    "/projects/<uid>/documents/<sha256>",
    None,
    N_("从草稿上取下一个文件"),
    scope=Scope.DRAFT,
    method="DELETE",
    status=204,
)
def delete_document(uid: str, sha256: str) -> Any:
    """Take a file off a draft."""
    with transaction() as tx:
        service.detach(tx, uid, sha256)
    return Response(status=204)


@bp.operation(
    "/projects/<uid>/results",
    ProjectResult,
    N_("本单位项目的结果，有了生效的结果才有"),
    scope=Scope.READ,
)
def own_results(uid: str) -> Any:
    """The results of one of its own, as everybody may read them."""
    tenders.project_for(session(), key_actor(), uid)
    return results_of(uid)


@bp.operation(
    "/projects/<uid>/opening",
    OpeningRecord,
    N_("本单位项目的开标记录，开标会结束以后才有；双信封的 stage=2 是报价"),
    scope=Scope.READ,
    query=StageAsked,
)
def opening(asked: Asked, uid: str) -> Any:
    """The record of an opening, byte for byte as its hash stands in the log."""
    text = queries.opening_record(session(), key_actor(), uid, asked["stage"])
    return current_app.response_class(text, mimetype="application/json")

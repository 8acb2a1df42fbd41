"""Commands of the server: bringing the database up to date, founding the centre, and serving."""

from __future__ import annotations

import ipaddress
import os
import resource
import sys
from datetime import timedelta

import click
from flask import Flask, url_for

from bidding import create_app
from bidding.core.actor import system_actor
from bidding.core.errors import N_, DomainError
from bidding.db import db, uow
from bidding.i18n.terminal import say
from bidding.identity import service as identity
from bidding.ledger import jobs as ledger_jobs
from bidding.ledger import queries as ledger
from bidding.scheduling import clockwork
from bidding.story import witness as demonstration
from bidding.tenders import service as tenders
from bidding.web import serverlog
from bidding.wiring.work import call_witnesses, jobs, rhythms

_FILE = click.Path(exists=True, dir_okay=False)
PLAIN_HTTP = """\
没有用 HTTPS：别的电脑上，网页里的签封和核验、通行密钥都不能用，同一个网络里的人能看到内容。请在前面放一个 TLS 代理
（BEHIND_TLS），或者运行 bidding certificate，再用 --certificate 和 --key 启动：见 docs/guide/https.md。
Plain HTTP: in browsers on other machines these will not work: sealing and checking in the page (crypto.subtle), passkeys,
__Host- cookies; and whoever is on the network reads along. Put a proxy with TLS in front (BEHIND_TLS), or run
"bidding certificate" and serve with --certificate and --key: see docs/guide/https.md."""

#: What the server's allocator is told, unless the environment says otherwise. By itself glibc keeps an arena for every
#: thread, and in it what an upload's pieces have left: a worker that once took 200 uploads stayed at three times its size.
#: The server's own part has another, jemalloc, which keeps a store for every thread and eight arenas.
MEMORY = {"MALLOC_ARENA_MAX": "2", "_RJEM_MALLOC_CONF": "narenas:1,tcache:false"}
#: Bytes that the server reads ahead of one connection. Its own default, 408 KiB, was most of what a hanging upload took.
LINE_BUFFER = 1 << 16
#: Lines that may be open at once; an idle one costs 20 KB. By itself the server takes 1,024, and whoever opens so many and
#: sends nothing keeps everybody else out.
LINES = 16_384
#: Lines that wait to be taken up; the kernel's own bound (``net.core.somaxconn``) is below it or the same.
WAITING = 4_096
#: Seconds that a stop waits for requests under way. By itself the server waits for a hanging line until its client gives
#: up, and who restarts it has half a minute: more is an outage. What is cut goes on from what is durable.
STOP_WITHIN = 10
#: Open files that lines leave to everything else: a request's own, blobs, the database.
OWN_FILES = 1_024

#: Said for every log that a restored backup has cut short.
BEHIND = """\
STOPPED: {origin} has {size} entries in this database, and {known} were signed. This database is older than the log: a
restored backup? No entry is taken and nothing is signed here until a newer one is put back; see "Restore" in
docs/operations.md. Change nothing in keys/."""


@click.command()
@click.option(
    "--to",
    default="head",
    help="版本号；-1 退一步，base 清空。A revision, -1 for one step back, base for an empty database.",
)
@click.option(
    "--draft",
    "message",
    default=None,
    help="改为写一个新的迁移。Write a new migration with this message instead.",
)
def migrate(to: str, message: str | None) -> None:
    """把数据库升到最新版，并装入期限与限额。Bring the database to the newest schema, and the rulebook with it."""
    from bidding.db import (
        schema,
    )  # with Alembic 6 MB, which the worker, who comes from this module too, never needs

    app = create_app()
    with app.app_context():
        if message:
            schema.draft(db.engine, message)
            return
        schema.migrate(db.engine, to)
        if to == "head":
            with uow.transaction(system_actor("migrate"), app.extensions["world"]) as tx:
                tenders.load_rulebook(tx)


@click.command()
@click.option("--name", required=True, help="中心名称，与公章一致。The centre's name, as on its seal.")
@click.option("--uscc", required=True, help="统一社会信用代码。Its unified social credit code.")
@click.option("--login", required=True, help="第一位管理员的登录名。The first administrator's login.")
@click.option("--person", required=True, help="第一位管理员的姓名。The first administrator's name.")
def found(name: str, uscc: str, login: str, person: str) -> None:
    """登记中心和第一位管理员，打印设密码的链接。Found the centre; print its first administrator's link."""
    app = create_app()
    with app.app_context(), app.test_request_context():
        lasts = timedelta(hours=app.config["INVITATION_HOURS"])
        try:
            with uow.transaction(system_actor("found"), app.extensions["world"]) as tx:
                _, token = identity.found_centre(
                    tx, name=name, uscc=uscc, login=login, person=person, lasts=lasts
                )
        except DomainError as error:
            raise click.ClickException(str(error)) from error
        click.echo(url_for("identity.accept", token=token))


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option(
    "--threads",
    default=256,
    show_default=True,
    help="同时办理的请求数，一次慢的上传算一个。Requests served at once: a slow upload is one.",
)
@click.option(
    "--certificate",
    type=_FILE,
    help="用这张证书开 https（bidding certificate 能做）。Serve HTTPS with this certificate.",
)
@click.option("--key", type=_FILE, help="证书的私钥，PKCS #8。The certificate's key, PKCS #8.")
def serve(host: str, port: int, threads: int, certificate: str | None, key: str | None) -> None:
    """启动网站和定时任务，一个进程。Serve pages and run the clockwork, in one process."""
    if bool(certificate) != bool(key):
        raise click.UsageError(say(N_("--certificate 和 --key 要一起写。")))
    if certificate and key:
        os.environ["BIDDING_BEHIND_TLS"] = "true"
    elif not is_loopback(host) and not create_app().config["BEHIND_TLS"]:
        click.echo(PLAIN_HTTP, err=True)
    secure = (
        [*("--ssl-certificate", certificate, "--ssl-keyfile", key, "--ssl-protocol-min", "tls1.2")]
        if certificate and key
        else []
    )
    scheme, name = "https" if secure else "http", f"[{host}]" if ":" in host else host
    click.echo(f"\n阳光交易 · Sunlit Bidding: {scheme}://{name}:{port}  (Ctrl+C)\n")
    lines = room_for_lines()
    sys.stdout.flush()  # exec throws away what is still in the buffer
    os.execve(  # noqa: S606 — the server replaces this process, so that a signal reaches it
        sys.executable,
        [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            host,
            "--port",
            str(port),
            "--workers",
            "1",
            "--blocking-threads",
            str(threads),
            "--no-ws",
            "--backlog",
            str(WAITING),
            "--backpressure",
            str(max(lines, threads)),
            "--http1-buffer-size",
            str(LINE_BUFFER),
            "--workers-kill-timeout",
            str(STOP_WITHIN),
            "--log-config",
            str(serverlog.CONFIG),
            *secure,
            "--factory",
            "bidding.server:served",
        ],
        MEMORY | os.environ,
    )


def room_for_lines() -> int:
    """Let this process and what replaces it open as many files as the system allows and lines need; how many lines."""
    wanted = LINES + OWN_FILES
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now != resource.RLIM_INFINITY and now < wanted:
        now = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (now, most))
    return LINES if now == resource.RLIM_INFINITY else min(LINES, now - OWN_FILES)


def is_loopback(host: str) -> bool:
    """Whether only this machine can come by the address; ``0.0.0.0`` is everybody's."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def hold_against_what_was_signed(app: Flask) -> None:
    """Before an entry is taken: ask the heights beside the keys, and the witnesses, whether the logs were longer.

    The heights may have been lost with the disk. A witness that does not answer in five seconds is not waited for:
    it will not cosign a fork either.
    """
    ledger_jobs.check_on_start(app.extensions["world"], app.extensions["log_keys"])
    call_witnesses(app, at_start=True)


@click.command()
def logs() -> None:
    """拿数据库与日志签过的高度核对；数据库太旧时返回 1。

    Hold the database against what its logs have signed, here and at the witnesses; status 1 if it is too old.
    """
    app = create_app()
    with app.app_context():
        hold_against_what_was_signed(app)
        session = db.session()
        behind = ledger.logs_behind(session)
        for log in ledger.all_logs(session):
            signed = ledger.newest_checkpoint(session, log)
            click.echo(
                f"{'BEHIND' if log in behind else 'ok':8}{log.origin}: {log.size} entries, "
                f"{max(log.known_size, signed.size if signed else 0)} signed, "
                f"{ledger.last_witnessed_size(session, log)} cosigned"
            )
        for standing in ledger.standings(session, app.extensions["world"].clock.now()):
            said = standing.witness.trouble or ("late" if standing.late else "ok")
            click.echo(f"{said:8}witness {standing.witness.name}")
        session.rollback()
        db.engine.dispose()
    raise SystemExit(1 if behind else 0)


@click.command("paper-key")
@click.option(
    "--new", is_flag=True, help="换一把新的；旧证书留在旁边。Make a new pair; the old certificate stays."
)
def paper_key(*, new: bool) -> None:
    """显示或更换中心给文件签名的证书。Show the certificate that papers are signed with, or make a new one."""
    app = create_app()
    key, now = app.extensions["paper_key"], app.extensions["world"].clock.now()
    pair = key.renew(now) if new else key.pair(now)
    click.echo(f"{key.path}\n{pair.certificate.subject.rfc4514_string()}")
    click.echo(f"SHA-256 {pair.fingerprint}")
    click.echo(
        f"{pair.certificate.not_valid_before_utc:%Y-%m-%d} — {pair.certificate.not_valid_after_utc:%Y-%m-%d}"
    )


def served() -> Flask:
    """The app as it is served: the clockwork runs beside it."""
    app = create_app()
    with app.app_context():
        hold_against_what_was_signed(app)
        for log in ledger.logs_behind(db.session()):
            click.echo(BEHIND.format(origin=log.origin, size=log.size, known=log.known_size), err=True)
        db.session.rollback()
    app.extensions["clockwork"] = clockwork.start(
        jobs(app), rhythms=[*rhythms(app), *demonstration.rhythms(app)]
    )
    return app

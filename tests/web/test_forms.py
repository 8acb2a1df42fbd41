"""Forms keep what was typed, say what is wrong beside it, and ask again who binds somebody."""

from datetime import timedelta

import pytest
from flask import redirect, render_template_string, request
from wtforms import IntegerField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from bidding.core.clock import SHANGHAI
from bidding.core.errors import DomainError, NotFound
from bidding.web.auth import current_actor, public
from bidding.web.filters import form_problems
from bidding.web.forms import Form, InstantField, MoneyField, StepUpForm, UsccField, takes_bytes
from tests.people import PASSWORD, uscc


class Sample(Form):
    name = StringField("名称", [InputRequired(), Length(max=5)])
    amount = MoneyField("金额", [Optional()])
    at = InstantField("时间", [Optional()])
    code = UsccField("代码", [Optional()])
    count = IntegerField("数量", [Optional(), NumberRange(1, 9)])
    colour = RadioField(
        "颜色", choices=[SelectChoice("r", "红"), SelectChoice("g", "绿")], validators=[Optional()]
    )


def filled(app, language="zh", **values):
    with app.test_request_context(method="POST", data=values, headers={"Accept-Language": language}):
        form = Sample()
        return form, form.validate_on_submit(), form.status


def test_what_was_typed_becomes_what_is_meant(app):
    code = uscc("91539921MA6KQ7X3A")
    form, good, status = filled(
        app,
        name="路灯",
        amount="12,146,300.05",
        at="2026-12-15T14:30",
        code=code.lower(),
        count="3",
        colour="g",
    )
    assert (good, status) == (True, 200)
    assert form.amount.data == 1214630005
    assert form.at.data.astimezone(SHANGHAI).isoformat() == "2026-12-15T14:30:00+08:00"
    assert form.code.data == code


def test_what_was_left_out_is_nothing(app):
    form, good, _ = filled(app, name="a", amount=" ", at="", code=" ")
    assert good
    assert (form.amount.data, form.at.data, form.code.data) == (None, None, "")


@pytest.mark.parametrize("text", ["2026-12-15 14:30:05", "2026-12-15T14:30:05"])
def test_instants_may_have_seconds(app, text):
    form, _, _ = filled(app, name="a", at=text)
    assert form.at.data.second == 5


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "请填写这一项。"),
        ("name", "六个字的名称", "最多 5 个字符。"),
        ("amount", "十万", ""),
        ("amount", "1.005", ""),
        ("at", "明天下午", "请填写日期和时间"),
        ("code", "123", "您填了 3 位"),
        ("count", "x", "请填写整数。"),
        ("count", "10", "应在 1 到 9 之间。"),
        ("colour", "b", "请从列出的选项里选。"),
    ],
)
def test_what_is_wrong_is_said_in_chinese_and_nothing_is_lost(app, field, typed, words):
    with app.test_request_context(method="POST", data={"name": "a", field: typed}):
        form = Sample()
        assert not form.validate_on_submit()
        assert form.status == 422
        error = form[field].errors[0]
        assert words in error
        assert not error.isascii()
        if field != "colour":
            assert f'value="{typed}"' in form[field]()
        problem = form_problems(form)[0]
        assert problem.label == form[field].label.text
        assert problem.target == ("colour-0" if field == "colour" else field)


def test_the_same_in_english(app):
    form, good, _ = filled(app, "en", name="", count="10", at="x")
    assert not good
    for field in (form.name, form.count, form.at):
        assert all(error.isascii() for error in field.errors)


@pytest.mark.parametrize("typed", ["面议", "1.005", "-1"])
def test_a_wrong_amount_is_said_in_english_whatever_was_typed(app, typed):
    form, good, _ = filled(app, "en", name="a", amount=typed)
    assert not good
    (error,) = form.amount.errors
    assert error.replace(typed, "").strip("“” ").replace("”", "").isascii(), error


def test_what_is_stored_is_shown_as_one_would_type_it(app, clock):
    with app.test_request_context():
        form = Sample(data={"amount": 1214630005, "at": clock.now(), "name": "路灯"})
        assert 'value="12146300.05"' in form.amount() or 'value="12,146,300.05"' in form.amount()
        assert 'value="2026-11-23T09:00"' in form.at()
        form = Sample(data={"at": clock.now() + timedelta(seconds=5)})
        assert 'value="2026-11-23T09:00:05"' in form.at()
        assert form.status == 200


class NoRoom(DomainError):
    code = "test.no_room"
    text = "%(room)s 已被预订。"
    status = 409


def test_a_refusal_stands_at_its_field_or_over_the_form(app):
    with app.test_request_context(method="POST", data={"name": "a"}):
        form = Sample()
        assert form.validate_on_submit()
        form.refuse(NoRoom(room="一号厅", field="name"))
        assert form.name.errors == ["一号厅 已被预订。"]
        assert form.status == 409
        form.refuse(NoRoom(room="二号厅"))
        form.refuse(NoRoom(room="三号厅", field="not ours"))
        assert form.form_errors == ["二号厅 已被预订。", "三号厅 已被预订。"]
        assert [problem.words for problem in form_problems(form)][:2] == form.form_errors


def test_what_is_not_there_stays_not_there(app):
    with app.test_request_context(), pytest.raises(NotFound):
        Sample().refuse(NotFound())


# the token and the origin


@pytest.fixture
def guarded(app, page):
    app.config["WTF_CSRF_ENABLED"] = True

    @public
    def view():
        return render_template_string("{{ csrf_token() }}") if request.method == "GET" else "done"

    return page(view)


def test_a_form_without_its_token_changes_nothing(client, guarded):
    answer = client.post(guarded)
    assert answer.status_code == 400
    assert "web.csrf" in answer.get_data(as_text=True)
    token = client.get(guarded).get_data(as_text=True)
    assert client.post(guarded, data={"csrf_token": token}).data == b"done"
    assert client.post(guarded, headers={"X-CSRFToken": token}).data == b"done"


def test_a_token_is_one_browsers(app, client, guarded):
    token = client.get(guarded).get_data(as_text=True)
    stranger = app.test_client()
    stranger.get(guarded)
    assert stranger.post(guarded, data={"csrf_token": token}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_cannot_make_a_browser_send(client, page, headers):
    address = page(public(lambda: "done"))
    assert client.post(address, headers=headers).status_code == 400
    assert client.get(address, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}],
)
def test_our_own_pages_and_programs_may(client, page, headers):
    assert client.post(page(public(lambda: "done")), headers=headers).status_code == 200


def test_behind_tls_a_plain_page_is_another_origin(app, client, page):
    address = page(public(lambda: "done"))
    app.config["BEHIND_TLS"] = True
    assert client.post(address, headers={"Origin": "http://localhost"}).status_code == 400
    assert client.post(address, headers={"Origin": "https://localhost"}).status_code == 200


# how much may come


def test_a_body_that_is_too_long_is_refused_unless_the_view_takes_bytes(app, client, page):
    app.config |= {"MAX_CONTENT_LENGTH": 1000, "MAX_FILE": 5000}

    def count():
        return str(len(request.get_data()))

    plain = page(public(count))

    @public
    @takes_bytes("MAX_FILE")
    def large():
        return count()

    taking = page(large, "/taking")
    assert client.post(plain, data=bytes(1001)).status_code == 413
    assert client.post(taking, data=bytes(5000)).data == b"5000"
    assert client.post(taking, data=bytes(5001)).status_code == 413


# acts that bind


class Binding(StepUpForm):
    name = StringField("名称", [DataRequired()])


@pytest.fixture
def binding(app, page):
    def view():
        form = Binding()
        if form.validate_on_submit():
            return redirect(f"/bound/{current_actor().step_up_at:%H%M}")
        return render_template_string("{{ form.step_up_password }} {{ form.errors }}", form=form), form.status

    return page(view)


def test_within_five_minutes_nobody_is_asked_again(client_as, binding, clock):
    li = client_as("li")
    assert "step_up_password" not in li.get(binding).get_data(as_text=True)
    assert li.post(binding, data={"name": "a"}).status_code == 302
    clock.advance(timedelta(minutes=5))
    assert "step_up_password" in li.get(binding).get_data(as_text=True)
    assert li.post(binding, data={"name": "a"}).status_code == 422


def test_the_right_password_makes_it_fresh(client_as, binding, clock):
    li = client_as("li", stepped_up=False)
    answer = li.post(binding, data={"name": "a", "step_up_password": PASSWORD})
    assert answer.headers["Location"] == "/bound/0100"
    assert li.post(binding, data={"name": "a"}).status_code == 302


def test_the_wrong_password_binds_nothing(client_as, binding):
    li = client_as("li", stepped_up=False)
    answer = li.post(binding, data={"name": "a", "step_up_password": "wrong"})
    assert answer.status_code == 422
    assert "密码不对" in answer.get_data(as_text=True)
    assert "wrong" not in answer.get_data(as_text=True)


def test_the_password_is_not_even_looked_at_while_something_else_is_wrong(app, client_as, binding):
    asked = []
    app.extensions["step_up"] = lambda password: asked.append(password) or True
    li = client_as("li", stepped_up=False)
    assert li.post(binding, data={"name": "", "step_up_password": PASSWORD}).status_code == 422
    assert asked == []


def test_guessing_is_slowed_down(client_as, binding):
    li = client_as("li", stepped_up=False)
    statuses = {
        li.post(binding, data={"name": "a", "step_up_password": "guess"}).status_code for _ in range(8)
    }
    assert 429 in statuses or 409 in statuses
    assert 302 not in statuses

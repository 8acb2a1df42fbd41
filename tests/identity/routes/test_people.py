"""The pages: who gets in, what is refused and how it is said."""

import re
from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from bidding.core.actor import Role
from bidding.db import db
from bidding.identity import queries, service
from bidding.identity.models import Account, Organisation
from tests.people import PASSWORD, uscc

PDF = b"%PDF-1.7 licence"
CODE = uscc("91539921MA6KQ7X9F")
REGISTRATION = {
    "name": "新来工程有限公司",
    "uscc": CODE,
    "contact": "新来",
    "phone": "0000-7654321",
    "login": "newco",
    "password": "three blue kettles",
    "again": "three blue kettles",
}


def organisation(uid):
    return db.session.scalar(select(Organisation).where(Organisation.uid == uid))


def seen(uid):
    return service.fingerprint(organisation(uid))


def scan(content=PDF, name="执照.pdf"):
    return BytesIO(content), name


@pytest.fixture
def filed(client_as):
    """Qian's filing stands at the window."""
    response = client_as("qian").post(
        "/company",
        data={"licence": scan(), "authorisation": scan(), "contact": "钱路人", "phone": "0000-1234567"},
    )
    assert response.status_code == 302


class TestSignIn:
    def sign_in(self, client, login="li", password=PASSWORD, target="", query=""):
        return client.post(f"/sign-in{query}", data={"login": login, "password": password, "next": target})

    def test_leads_on_to_where_one_wanted_to_go(self, cast, client):
        page = client.get("/account")
        assert page.location.endswith("/sign-in?next=/account")
        assert 'value="/account"' in client.get(page.location).text
        assert self.sign_in(client, target="/account").location == "/account"

    @pytest.mark.parametrize(
        "target",
        [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
        ],
    )
    def test_never_leads_to_another_site(self, cast, client, client_as, target):
        assert self.sign_in(client, target=target).location == "/"
        assert client_as("li").get("/sign-in", query_string={"next": target}).location == "/"

    @pytest.mark.parametrize(
        ("login", "password"),
        [("li", "wrong"), ("nobody", PASSWORD), ("", ""), ("l" * 5000, "x" * 5000)],
    )
    def test_says_the_same_of_a_wrong_login_and_a_wrong_password(self, cast, client, login, password):
        response = self.sign_in(client, login, password)
        assert response.status_code == 422
        if login in ("li", "nobody"):
            assert "登录名或密码不对" in response.text
        assert PASSWORD not in response.text

    @pytest.mark.parametrize("address", ["/organisations?q=%00", "/organisations/a%00b"])
    def test_what_nobody_can_type_is_no_request(self, cast, client, client_as, address):
        assert self.sign_in(client, "li\0").status_code == 400
        assert client_as("wang").get(address).status_code == 400

    def test_keeps_the_login_but_never_the_password(self, cast, client):
        text = self.sign_in(client, "li", "a wrong password").text
        assert 'value="li"' in text
        assert "a wrong password" not in text

    def test_a_disabled_account_hears_nothing_else(self, begin, cast, client):
        with begin(cast.actor("wang")) as tx:
            service.disable(tx, cast.zhou.uid)
        response = self.sign_in(client, "zhou")
        assert response.status_code == 422
        assert "登录名或密码不对" in response.text

    def test_an_invited_person_cannot_sign_in_without_a_password(self, begin, cast, client):
        db.session.get(Account, cast.zhou.id).password_hash = ""
        db.session.commit()
        assert self.sign_in(client, "zhou", "").status_code == 422
        assert self.sign_in(client, "zhou", "nobody").status_code == 422

    def test_signing_out_needs_no_page_and_hurts_no_stranger(self, client):
        assert client.post("/sign-out").status_code == 302
        assert client.get("/sign-out").status_code == 405


class TestRegister:
    def test_signs_in_and_leads_to_the_company_file(self, cast, client):
        response = client.post("/register", data=REGISTRATION)
        assert (response.status_code, response.location) == (302, "/company")
        page = client.get("/company")
        assert page.status_code == 200
        assert "材料未齐" in page.text

    @pytest.mark.parametrize(
        ("code", "words"),
        [
            (CODE[:5] + "O" + CODE[6:], "第 6 位“O”不对"),
            (CODE[:9] + "I" + CODE[10:], "第 10 位“I”不对"),
            (CODE[:2] + "A" + CODE[3:], "第 3 位“A”不对"),
            (CODE[:-1], "您填了 17 位"),
            ("00" + CODE[2:], "开头两位“00”不对"),
            (CODE[:8] + CODE[9] + CODE[8] + CODE[10:], "校验位不对"),
        ],
        ids=["letter-O", "letter-I", "region", "short", "kind", "swapped"],
    )
    def test_says_which_character_of_the_code_is_wrong_and_keeps_the_rest(self, cast, client, code, words):
        response = client.post("/register", data=REGISTRATION | {"uscc": code})
        assert response.status_code == 422
        assert words in response.text
        assert 'href="#uscc"' in response.text
        assert f'value="{code}"' in response.text
        assert 'value="新来工程有限公司"' in response.text
        assert "three blue kettles" not in response.text

    def test_never_tells_the_right_check_digit(self, cast, client):
        wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
        assert CODE not in client.post("/register", data=REGISTRATION | {"uscc": wrong}).text

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("password", "short", "至少要 12 个字符"),
            ("password", "newco password2026", "容易被猜到"),
            ("again", "another one entirely", "两次输入的密码不一样"),
            ("login", "新来", "登录名用 3 到 60 个字母"),
            ("login", "zhou", "已经有人用了"),
            ("phone", "call me", "电话号码只用数字"),
            ("name", "", "请填写这一项"),
        ],
    )
    def test_says_what_is_wrong_beside_the_field(self, cast, client, field, value, words):
        given = REGISTRATION | {field: value}
        if field == "password":
            given["again"] = value
        response = client.post("/register", data=given)
        assert response.status_code == 422
        assert words in response.text
        assert db.session.scalar(select(Organisation).where(Organisation.uscc == CODE)) is None

    def test_the_same_organisation_is_sent_to_its_account(self, cast, client):
        taken = organisation("org-yueyue").uscc
        response = client.post("/register", data=REGISTRATION | {"uscc": taken})
        assert response.status_code == 422
        assert "已经登记过" in response.text


class TestCompany:
    def test_takes_both_papers_and_sends_them_to_the_window(self, client_as, filed):
        page = client_as("qian").get("/company")
        assert "等待窗口审核" in page.text
        with client_as("qian").get("/company/licence") as paper:
            assert paper.data == PDF
            assert paper.mimetype == "application/pdf"
            assert paper.headers["Content-Disposition"].startswith("attachment")

    def test_names_the_paper_that_is_missing_and_keeps_what_was_typed(self, client_as):
        response = client_as("qian").post(
            "/company", data={"licence": scan(), "contact": "新经办", "phone": "0000-9999999"}
        )
        assert response.status_code == 422
        assert "营业执照和授权书都要上传" in response.text
        assert 'value="新经办"' in response.text

    def test_names_a_file_that_is_no_scan(self, client_as):
        response = client_as("qian").post(
            "/company",
            data={
                "licence": scan(b"MZ virus", "执照.pdf.exe"),
                "authorisation": scan(),
                "contact": "钱",
                "phone": "0000-1234567",
            },
        )
        assert response.status_code == 422
        assert "“执照.pdf.exe”不是 PDF、JPG 或 PNG 文件" in response.text

    def test_names_the_limit_of_a_file_that_is_too_large(self, app, client_as):
        app.config["MAX_DOCUMENT"] = 2**20
        given = {
            "licence": FileStorage(BytesIO(PDF.ljust(2**20 + 1, b"x")), "执照.pdf"),
            "authorisation": FileStorage(*scan()),
            "contact": "钱",
            "phone": "0000-1234567",
        }
        boundary, body = encode_multipart(given)  # in memory: the client's own temporary file is never closed
        response = client_as("qian").post(
            "/company", data=body, content_type=f"multipart/form-data; boundary={boundary}"
        )
        assert response.status_code == 413
        assert "“执照.pdf”超过了 1 MB 的上限" in response.text

    def test_shows_everything_the_window_found_at_once(self, client_as, filed):
        client_as("wang").post(
            "/organisations/org-qianye/return",
            data={
                "seen": seen("org-qianye"),
                "defects": "授权书没有加盖公章，或者没有法定代表人签字。",
                "other": "请补骑缝章\n<b>第二页</b>",
            },
        )
        page = client_as("qian").get("/company").text
        for words in ("没有加盖公章", "请补骑缝章", "&lt;b&gt;第二页"):
            assert words in page

    def test_an_approved_company_is_told_how_to_change(self, client_as):
        page = client_as("li").get("/company").text
        assert "审核通过" in page
        assert 'type="file"' not in page
        response = client_as("li").post(
            "/company", data={"licence": scan(), "contact": "李", "phone": "0000-1234567"}
        )
        assert response.status_code == 409

    def test_a_paper_that_is_not_there_is_not_found(self, client_as):
        assert client_as("qian").get("/company/licence").status_code == 404


class TestWindow:
    def approve(self, client, fingerprint=None, **more):
        return client.post(
            "/organisations/org-qianye/approve", data={"seen": fingerprint or seen("org-qianye")} | more
        )

    def test_lists_who_waits_first(self, client_as, filed):
        text = client_as("wang").get("/organisations").text
        assert text.index("阡野园林") < text.index("岚岳建设")

    def test_finds_by_part_of_a_name_or_code(self, client_as):
        text = client_as("wang").get("/organisations?q=岚岳").text
        assert "岚岳建设" in text
        assert "兆禾市政" not in text
        assert "没有找到" in client_as("wang").get("/organisations?q=%25").text

    def test_approves_what_was_looked_at(self, client_as, filed):
        page = client_as("wang").get("/organisations/org-qianye").text
        assert seen("org-qianye") in page
        assert self.approve(client_as("wang")).status_code == 302
        assert organisation("org-qianye").approved_at is not None
        assert "王管理" in client_as("wang").get("/organisations/org-qianye").text

    def test_asks_for_the_password_again(self, client_as, filed):
        client = client_as("wang", stepped_up=False)
        assert self.approve(client).status_code == 422
        assert organisation("org-qianye").approved_at is None
        assert self.approve(client, step_up_password=PASSWORD).status_code == 302

    def test_does_not_approve_what_was_exchanged(self, client_as, filed):
        before = seen("org-qianye")
        client_as("qian").post(
            "/company", data={"licence": scan(PDF + b"2"), "contact": "钱", "phone": "0000-1234567"}
        )
        response = self.approve(client_as("wang"), before)
        assert response.status_code == 409
        assert "换了材料" in response.text
        assert organisation("org-qianye").approved_at is None

    def test_a_return_needs_a_reason(self, client_as, filed):
        response = client_as("wang").post(
            "/organisations/org-qianye/return", data={"seen": seen("org-qianye")}
        )
        assert response.status_code == 422
        assert "一次性告知" in response.text

    @pytest.mark.parametrize(
        ("who", "status"), [("qian", 403), ("li", 403), ("zhou", 403), ("sun", 403), ("lin", 403)]
    )
    def test_nobody_else_decides(self, client_as, filed, who, status):
        assert self.approve(client_as(who)).status_code == status
        response = client_as(who).post("/organisations/org-qianye/return", data={"seen": seen("org-qianye")})
        assert response.status_code == status
        assert organisation("org-qianye").approved_at is None

    def test_a_rivals_papers_are_nobodys_to_read(self, client_as, filed, client):
        address = "/organisations/org-qianye/licence"
        assert client_as("li").get(address).status_code == 403
        assert client_as("zhou").get(address).status_code == 403
        assert client.get(address).status_code == 302
        with client_as("sun").get(address) as paper:
            assert paper.data == PDF


class TestStaff:
    def invite(self, client, **other):
        given = {
            "organisation": "org-reform",
            "name": "许新",
            "phone": "0000-1112223",
            "login": "xuxin",
            "roles": "supervisor",
        }
        return client.post("/accounts/invite", data=given | other)

    def link(self, response):
        return re.search(r"/invitations/\w+", response.text)[0]

    def test_an_invitation_is_shown_once_and_makes_a_member_of_staff(self, client_as, client):
        response = self.invite(client_as("wang"))
        assert response.status_code == 200
        link = self.link(response)
        assert "许新" in client.get(link).text
        given = {"password": "four green umbrellas", "again": "four green umbrellas"}
        assert client.post(link, data=given).status_code == 302
        assert client.get("/account").status_code == 200
        assert client.get(link).status_code == 404
        assert queries.account_by_login(db.session(), "xuxin").roles == {Role.SUPERVISOR}

    def test_staff_need_a_longer_password(self, client_as, client):
        link = self.link(self.invite(client_as("wang")))
        response = client.post(link, data={"password": "green kettle7", "again": "green kettle7"})
        assert response.status_code == 422
        assert "至少要 15 个字符" in response.text

    def test_a_guessed_link_is_not_found(self, client):
        assert client.get("/invitations/0000").status_code == 404

    def test_roles_that_clash_are_refused_with_the_reason(self, client_as):
        response = self.invite(client_as("wang"), organisation="org-centre", roles=["supervisor", "agency"])
        assert response.status_code == 422
        assert "监督人员不能监督自己组织的招标" in response.text
        assert 'value="许新"' in response.text

    def test_inviting_binds(self, client_as):
        response = self.invite(client_as("wang", stepped_up=False))
        assert response.status_code == 422
        assert "step_up_password" in response.text

    @pytest.mark.parametrize("who", ["li", "zhou", "sun", "lin"])
    def test_only_administrators_invite(self, client_as, who):
        assert self.invite(client_as(who)).status_code == 403
        assert client_as(who).get("/accounts/invite").status_code == 403

    def test_roles_are_given_and_taken(self, client_as, cast):
        client = client_as("wang")
        given = {"roles": ["administrator", "agency"]}
        assert client.post("/accounts/acc-chen/roles", data=given).status_code == 302
        roles = queries.account(db.session(), "acc-chen").roles
        assert roles == {Role.ADMINISTRATOR, Role.AGENCY}
        assert client.post("/accounts/acc-wang/roles", data=given).status_code == 403

    def test_a_role_that_was_taken_ends_with_the_next_page(self, client_as):
        zhou = client_as("zhou")
        sun = client_as("sun")
        assert sun.get("/accounts").status_code == 200
        client_as("wang").post("/accounts/acc-sun/roles", data={})
        assert sun.get("/accounts").status_code == 403
        assert zhou.get("/account").status_code == 200

    def test_a_disabled_account_is_out_with_the_next_page(self, client_as):
        zhou = client_as("zhou")
        assert "停用这个账号" in client_as("wang").get("/accounts/acc-zhou/disable").text
        assert client_as("wang").post("/accounts/acc-zhou/disable").status_code == 302
        assert zhou.get("/account").status_code == 302
        assert client_as("wang").post("/accounts/acc-zhou/enable").status_code == 302
        assert client_as("zhou").get("/account").status_code == 200

    @pytest.mark.parametrize("act", ["disable", "link", "roles"])
    @pytest.mark.parametrize("who", ["li", "zhou", "sun"])
    def test_nobody_else_acts_on_an_account(self, client_as, who, act):
        assert client_as(who).post(f"/accounts/acc-chen/{act}").status_code == 403

    def test_a_forgotten_password_is_set_anew_by_a_link(self, client_as, client):
        link = self.link(client_as("wang").post("/accounts/acc-li/link"))
        assert "至少 12 个字符" in client.get(link).text
        client.post(link, data={"password": "blue kettle78", "again": "blue kettle78"})
        assert client.get("/company").status_code == 200

    def test_an_organisation_is_entered(self, client_as):
        given = {"kind": "agency", "name": "新代理有限公司", "uscc": CODE.lower(), "contact": "", "phone": ""}
        assert client_as("wang").post("/organisations/new", data=given).status_code == 302
        assert db.session.scalar(select(Organisation.uscc).where(Organisation.uscc == CODE)) == CODE
        response = client_as("wang").post("/organisations/new", data=given)
        assert response.status_code == 422
        assert "已经登记过" in response.text


class TestAccount:
    def change(self, client, current=PASSWORD, password="five yellow lanterns"):
        return client.post("/account", data={"current": current, "password": password, "again": password})

    def test_a_new_password_signs_the_others_out_and_stays_here(self, client_as, client):
        here, there = client_as("li"), client_as("li")
        response = self.change(here)
        assert response.status_code == 302
        assert here.get(response.location).status_code == 200
        assert there.get("/account").status_code == 302
        given = {"login": "li", "password": "five yellow lanterns"}
        assert client.post("/sign-in", data=given).status_code == 302

    def test_the_present_password_is_asked_first(self, client_as):
        response = self.change(client_as("li"), current="wrong")
        assert response.status_code == 422
        assert "现在的密码不对" in response.text

    def test_guessing_it_is_throttled(self, client_as):
        client = client_as("li")
        for _ in range(5):
            self.change(client, current="wrong")
        assert self.change(client).status_code == 429

    def test_shows_ones_own_browsers_and_signs_one_out(self, client_as):
        here, there = client_as("li"), client_as("li")
        page = here.get("/account").text
        addresses = re.findall(r"/account/sessions/\d+/revoke", page)
        assert len(addresses) == 1
        assert "就是这里" in page
        assert here.post(f"/account/sessions/{10**30}/revoke").status_code == 404
        assert here.post(addresses[0]).status_code == 302
        assert there.get("/account").status_code == 302
        assert here.get("/account").status_code == 200

    def test_a_rival_cannot(self, client_as, client):
        mine = client_as("li")
        client_as("li")
        address = re.search(r"/account/sessions/\d+/revoke", mine.get("/account").text)[0]
        assert client_as("zhao").post(address).status_code == 404
        assert client_as("wang").post(address).status_code == 404
        assert client.post(address).status_code == 401


def test_the_table_of_permissions_is_the_servers_own(app, client):
    text = client.get("/roles").text
    for permission, words in app.extensions["grant_words"].items():
        assert permission in text
        assert words in text
    assert "不能由同一个人担任" in text


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/account", {"li", "wang", "zhou", "sun", "lin"}),
        ("/step-up", {"li", "wang", "zhou", "sun", "lin"}),
        ("/company", {"li"}),
        ("/organisations", {"wang", "sun"}),
        ("/organisations/new", {"wang"}),
        ("/organisations/org-yueyue", {"wang", "sun"}),
        ("/accounts", {"wang", "sun"}),
        ("/accounts/invite", {"wang"}),
        ("/accounts/acc-li", {"wang", "sun"}),
        ("/accounts/acc-li/disable", {"wang"}),
        ("/accounts/acc-li/link", {"wang"}),
        ("/roles", {"li", "wang", "zhou", "sun", "lin", None}),
        ("/register", {"li", "wang", "zhou", "sun", "lin", None}),
    ],
)
def test_each_page_is_for_some(client_as, client, address, allowed):
    for who in ("li", "wang", "zhou", "sun", "lin"):
        assert client_as(who).get(address).status_code == (200 if who in allowed else 403), who
    response = client.get(address)
    if None in allowed:
        assert response.status_code == 200
    else:
        assert response.status_code == 302
        assert "/sign-in" in response.location


def test_registering_keeps_in_mind_where_one_was_going_and_leads_to_no_other_site(client):
    page = client.get("/sign-in?next=/notices/p1/ready").text
    assert "/register?next=/notices/p1/ready" in page
    assert "登录以后接着准备投标" in page
    assert "登录以后接着准备投标" not in client.get("/sign-in?next=/projects").text
    for given, carried in (
        ("/notices/p1/ready", True),
        ("//evil.example", False),
        ("https://evil.example", False),
    ):
        assert (
            "sign-in?next=" in client.get(f"/register?next={given}").text.partition("<main")[2]
        ) is carried

"""Against a real SMTP server in this process (aiosmtpd)."""

import io
import socket
import ssl

import docx
import pytest
import weasyprint
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from automations.errors import ChannelError
from automations.notify import Address, Attachment, Email, Message
from tests.notify.smtp import Box, Scripted, free_port
from tests.notify.smtp import certificate as certificate
from tests.notify.smtp import serve as serve

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TO = Address(7, "王会计", email="wang@school.example")
NOTE = Message("houqin-1", "【退回】ZC-2026-0208 已被会计退回", "缺验收人签名。\n请补充。", "<p>缺验收人签名。</p>")


def server_tls(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def plain(port, **options) -> Email:
    options.setdefault("sender", "后勤办公室 <houqin@school.example>")
    return Email("127.0.0.1", port, "none", timeout=5, **options)


def refusal(channel, to=TO) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.send(NOTE, to)
    return caught.value


def test_chinese_arrives_whole(serve):
    box = Box()
    mail = Message(
        NOTE.id,
        NOTE.subject,
        NOTE.text,
        NOTE.html,
        attachments=(Attachment("九月月报.pdf", b"%PDF-1", "application/pdf"),),
    )
    receipt = plain(serve(box)).send(mail, TO)
    [(recipients, got)] = box.mails
    assert recipients == ["wang@school.example"]
    assert got["Subject"] == NOTE.subject
    assert got["From"].addresses[0].display_name == "后勤办公室"
    assert got["To"].addresses[0].display_name == "王会计"
    assert got["Message-ID"] == "<houqin-1@school.example>" == receipt.reference
    assert got["Auto-Submitted"] == "auto-generated"
    assert got.get_body(("plain",)).get_content().splitlines() == ["缺验收人签名。", "请补充。"]
    assert "<p>缺验收人签名。</p>" in got.get_body(("html",)).get_content()
    [file] = got.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("九月月报.pdf", b"%PDF-1")
    assert receipt.note == ""


def test_a_report_arrives_as_it_was_made(serve):
    """A Word file and a PDF with Chinese names, as the monthly report goes out."""
    word = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("水760吨，同比+9.8%")
    document.save(word)
    pdf = weasyprint.HTML(string="<p>水760吨，同比+9.8%</p>").write_pdf()
    name = "中共示例区委党校2026年9月行政后勤运行情况报告"
    files = [
        Attachment(f"{name}.docx", word.getvalue(), WORD),
        Attachment(f"{name}.pdf", pdf, "application/pdf"),
    ]
    box = Box()
    plain(serve(box)).send(Message("r", "月报", "见附件。", "<p>见附件。</p>", attachments=tuple(files)), TO)
    [(_, got)] = box.mails
    arrived = list(got.iter_attachments())
    assert [(a.get_filename(), a.get_content_type()) for a in arrived] == [(f.name, f.mime) for f in files]
    assert [a.get_content() for a in arrived] == [f.content for f in files]
    assert docx.Document(io.BytesIO(arrived[0].get_content())).paragraphs[0].text == "水760吨，同比+9.8%"
    assert arrived[1].get_content().startswith(b"%PDF-") and arrived[1].get_content().rstrip().endswith(b"%%EOF")
    assert got.get_body(("html",)).get_content().strip() == "<p>见附件。</p>"


def test_a_line_break_cannot_add_a_header(serve):
    box = Box()
    plain(serve(box)).send(Message("x", "标题\r\nBcc: spy@evil.example", "正文"), TO)
    [(recipients, got)] = box.mails
    assert recipients == ["wang@school.example"] and got["Bcc"] is None
    assert got["Subject"] == "标题 Bcc: spy@evil.example"


def test_the_same_message_keeps_its_id(serve):
    box = Box()
    channel = plain(serve(box))
    channel.send(NOTE, TO)
    channel.send(NOTE, TO)
    assert len({got["Message-ID"] for _, got in box.mails}) == 1


@pytest.mark.parametrize(
    ("answer", "permanent", "advice"),
    [("550 no such user", True, "人员表"), ("451 greylisted", False, "重试"), ("452 mailbox full", False, "重试")],
)
def test_a_refused_recipient(serve, answer, permanent, advice):
    error = refusal(plain(serve(Box({TO.email: answer}))))
    assert error.permanent is permanent
    assert answer in error.message and advice in error.message


def test_partial_refusal_is_a_receipt_with_a_note(serve):
    box = Box({"old@school.example": "550 gone"})
    two = Address(7, "王会计", email="wang@school.example, old@school.example")
    receipt = plain(serve(box)).send(NOTE, two)
    assert [r for r, _ in box.mails] == [["wang@school.example"]]
    assert "old@school.example 未送达" in receipt.note and "550 gone" in receipt.note


@pytest.mark.parametrize(("answer", "permanent"), [("554 spam", True), ("451 try later", False)])
def test_a_refused_message(serve, answer, permanent):
    error = refusal(plain(serve(Box(data=answer))))
    assert error.permanent is permanent and answer in error.message


class Checked(Controller):
    """A server with accounts: one right password."""

    def factory(self):
        def check(server, session, envelope, mechanism, data):
            # handled=False, or the client would see a closed connection instead of 535
            return AuthResult(success=data.password == b"right", handled=False)

        return SMTP(self.handler, authenticator=check, auth_require_tls=False)


def test_signing_in(serve):
    box = Box()
    plain(serve(box, controller=Checked), user="houqin@school.example", password="right").send(NOTE, TO)
    assert len(box.mails) == 1


def test_a_wrong_password_waits_for_it(serve):
    port = serve(Box(), controller=Checked)
    error = refusal(plain(port, user="houqin@school.example", password="wr0ng-secret"))
    assert not error.permanent and error.retry_after == 1800
    assert "535" in error.message and "HOUQIN_SMTP_PASSWORD" in error.message
    assert "wr0ng-secret" not in str(error)


def test_a_server_without_accounts_is_told_apart(serve):
    error = refusal(plain(serve(Box()), user="houqin@school.example", password="x"))
    assert not error.permanent and "登录方式" in error.message


def test_ssl_and_starttls(serve, certificate):
    trusted = ssl.create_default_context(cafile=str(certificate / "cert.pem"))

    class Wrapped(Controller):
        def _trigger_server(self):  # aiosmtpd's own check after the start does not know our authority
            with (
                socket.create_connection((self.hostname, self.port), 5) as raw,
                trusted.wrap_socket(raw, server_hostname=self.hostname) as line,
            ):
                line.recv(64)

    box = Box()
    wrapped = serve(box, controller=Wrapped, ssl_context=server_tls(certificate))
    upgraded = serve(box, tls_context=server_tls(certificate), require_starttls=True)
    sender = "houqin@school.example"
    Email("127.0.0.1", wrapped, "ssl", sender=sender, context=trusted, timeout=5).send(NOTE, TO)
    Email("127.0.0.1", upgraded, "starttls", sender=sender, context=trusted, timeout=5).send(NOTE, TO)
    assert len(box.mails) == 2


def test_a_certificate_nobody_vouches_for(serve, certificate):
    box = Box()
    port = serve(box, tls_context=server_tls(certificate), require_starttls=True)
    error = refusal(Email("127.0.0.1", port, "starttls", sender="houqin@school.example", timeout=5))
    assert not error.permanent and error.retry_after == 1800
    assert "证书不可信" in error.message and box.mails == []


def test_a_certificate_of_another_server(serve, certificate):
    """Signed by an authority we trust, but for another name."""
    box = Box()
    port = serve(box, tls_context=server_tls(certificate), require_starttls=True)
    trusted = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    error = refusal(Email("localhost", port, "starttls", sender="houqin@school.example", context=trusted, timeout=5))
    assert not error.permanent and error.retry_after == 1800
    assert "证书不可信" in error.message and "mismatch" in error.message and box.mails == []


def test_the_wrong_kind_of_encryption(serve):
    error = refusal(Email("127.0.0.1", serve(Box()), "starttls", sender="houqin@school.example", timeout=5))
    assert "HOUQIN_SMTP_SECURITY" in error.message
    error = refusal(Email("127.0.0.1", serve(Box()), "ssl", sender="houqin@school.example", timeout=5))
    assert "HOUQIN_SMTP_SECURITY" in error.message and not error.permanent


def test_a_line_that_drops_before_the_answer_is_tried_again():
    server = Scripted(b"220 hi", b"250 hello", b"250 sender ok", b"250 rcpt ok", b"354 go")
    error = refusal(plain(server.port))
    server.stop()
    assert not error.permanent and "连接中断" in error.message


def test_a_line_that_drops_inside_the_message_is_tried_again():
    server = Scripted(b"220 hi", b"250 hello", b"250 sender ok", b"250 rcpt ok", b"354 go", cut=True)
    error = refusal(plain(server.port))
    server.stop()
    assert not error.permanent and "连接中断" in error.message


def test_a_sender_that_the_server_does_not_allow_waits_for_it():
    """163 and QQ want the sender to be the account: true of every mail, so none is given up."""
    server = Scripted(b"220 hi", b"250 hello", b"553 Mail from must equal authorized user")
    error = refusal(plain(server.port))
    server.stop()
    assert not error.permanent and error.retry_after == 1800 and "HOUQIN_SMTP_FROM" in error.message


def test_a_line_that_drops_after_the_answer_changes_nothing():
    server = Scripted(b"220 hi", b"250 hello", b"250 sender ok", b"250 rcpt ok", b"354 go", b"250 taken")
    receipt = plain(server.port).send(NOTE, TO)
    server.stop()
    assert receipt.reference == "<houqin-1@school.example>"


def test_a_rude_goodbye_changes_nothing():
    server = Scripted(b"220 hi", b"250 hello", b"250 sender ok", b"250 rcpt ok", b"354 go", b"250 taken", b"500 what?")
    receipt = plain(server.port).send(NOTE, TO)
    server.stop()
    assert receipt.reference


def test_a_busy_greeting_is_tried_again():
    server = Scripted(b"421 too many connections")
    error = refusal(plain(server.port))
    server.stop()
    assert not error.permanent


def test_nobody_listens():
    error = refusal(plain(free_port()))
    assert not error.permanent and "连不上" in error.message


@pytest.mark.parametrize("address", ["张三", "zhang@", "@school.example", "张三@school.example", "a b@school.example"])
def test_an_address_that_is_none(serve, address):
    box = Box()
    error = refusal(plain(serve(box)), Address(7, "张三", email=address))
    assert error.permanent and address in error.message and box.mails == []


def test_whom_it_reaches():
    channel = plain(25)
    assert channel.reaches(TO)
    assert not channel.reaches(Address(8, "李师傅"))
    with pytest.raises(ChannelError, match="HOUQIN_SMTP_FROM"):
        Email("127.0.0.1", 25, "none")

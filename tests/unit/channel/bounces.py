"""Reports as mail servers send them."""


def bounce(status: str, *, action: str = "failed", diagnostic: str = "smtp; 550 5.1.1 no such mailbox") -> bytes:
    return f"""From: MAILER-DAEMON@mx.example
To: b-x@bounce.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I could not deliver your letter.
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; someone@mx.example
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--b1
Content-Type: text/rfc822-headers

Subject: news
--b1--
""".replace("\n", "\r\n").encode()


def complaint() -> bytes:
    return b"""From: fbl@mx.example\r
Subject: complaint\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"\r
\r
--b1\r
Content-Type: text/plain\r
\r
This is an abuse report.\r
--b1\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: abuse\r
Version: 1\r
\r
--b1--\r
"""

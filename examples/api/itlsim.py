"""A client of itlsim's API (docs/api.md), with the standard library alone."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request


class Refused(Exception):
    """What the API does not do, and why; `answer` is what it said."""

    def __init__(self, status, answer):
        super().__init__(f"{status}: {answer.get('error', answer)}")
        self.status, self.answer = status, answer


class Lab:
    """The cluster and the phones of a running `itlsim serve FILE.yaml --api ADDR`.

    Lab.open(name="bulk-reset", mode="virtual", phones=200) is another one beside it, which is
    like no other test's, and ends with its `with`.
    """

    def __init__(self, ready_file=None):
        with open(ready_file or os.environ["ITLSIM_READY"], encoding="utf-8") as f:
            self.ready = json.load(f)
        self.under = ""

    @classmethod
    def open(cls, ready_file=None, **wanted):
        """Opens a lab: of a `name` of the catalogue, or of a file's text as `scenario`."""
        lab = cls(ready_file)
        lab.under = "/labs/" + lab.ask("POST", "/labs", wanted)["id"]
        return lab

    def close(self):
        """Ends a lab that was opened."""
        self.ask("DELETE", "")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, method, path, body=None, text=False):
        """Sends a request, and returns the JSON, or the text, that it is answered with."""
        request = urllib.request.Request(
            self.ready["api"] + self.under + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + self.ready["token"]},
        )
        try:
            with urllib.request.urlopen(request) as answer:
                data = answer.read()
        except urllib.error.HTTPError as e:
            raise Refused(e.code, json.loads(e.read())) from None
        return data.decode() if text else json.loads(data)

    def do(self, *acts, answers=None, expect=()):
        """Does what the sentences say. Fails where something was refused or is not as expected.

        An act is a text, or has more: {"on NODE": "COMMAND", "answers": [...], "refused": "..."}.
        """
        body = {"do": acts, "expect": expect}
        if answers:
            body["answers"] = answers
        return self._held(self.ask("POST", "/acts", body))

    def expect(self, *sentences):
        """Fails where a sentence does not hold, with what is the case."""
        return self._held(self.ask("POST", "/expect", {"expect": sentences}))

    def phones(self, **wanted):
        """The phones of a state, group or model, page by page."""
        page = self.ask("GET", "/phones?" + urllib.parse.urlencode(wanted))
        while True:
            yield from page["phones"]
            if "next" not in page:
                return
            page = self.ask("GET", "/phones?" + urllib.parse.urlencode({**wanted, "after": page["next"]}))

    @staticmethod
    def _held(step):
        wrong = [f"{e['text']}: {e['why']}" for e in step["expectations"] if not e["passed"]]
        assert not wrong, "; ".join(wrong)
        return step

"""Phones lose their trust, and get it back: a suite that plays with itlsim.

    itlsim serve both-certificates-at-once --mode virtual --api 127.0.0.1:0 --ready-file ready.json &
    ITLSIM_READY=ready.json python3 -m unittest -v     # or pytest
"""

import concurrent.futures
import unittest

from itlsim import Lab, Refused


def lose(lab):
    """Both certificates that phones trust are renewed while they are off."""
    lab.do(
        "phones: power off",
        {"on test10pub": "set cert regen CallManager", "answers": ["yes"]},
        {"on test10pub": "set cert regen TVS", "answers": ["yes"], "refused": "modified in the last 5 minutes"},
        "wait: 6 minutes",
        {"on test10pub": "set cert regen TVS", "answers": ["yes"]},
        "phones: power on",
        expect=["all phones are untrusted"],
    )


class Trust(unittest.TestCase):
    def setUp(self):
        self.lab = Lab()
        self.lab.ask("POST", "/cluster/start-anew")
        self.password = self.lab.ready["admin"]["password"]
        self.lab.do("phones: power on", expect=["all phones are trusted"])

    def test_one_certificate_is_followed(self):
        self.lab.do("on test10pub: set cert regen CallManager", answers=["yes"])
        self.lab.expect("all phones are trusted", "all phones took their list by TVS")

    def test_trust_is_lost_and_regained(self):
        lose(self.lab)
        lost = [phone["name"] for phone in self.lab.phones(state="untrusted")]
        self.assertEqual(len(lost), self.lab.ask("GET", "/cluster")["phones"])
        phone = self.lab.ask("GET", "/phones/" + lost[0])
        self.assertIn("utils itl reset localkey", phone["story"]["cure"])

        self.lab.do("on test10pub: utils itl reset localkey", answers=[self.password])
        step = self.lab.do("phones: reset", expect=["all phones are trusted"])
        self.assertEqual(step["states"]["untrusted"], 0)
        self.assertIn("ITL", self.lab.ask("GET", "/nodes/test10pub/itl?as=text", text=True))

    def test_mistakes_are_told_as_in_a_file(self):
        with self.assertRaises(Refused) as refused:
            self.lab.do("phones: powr off")
        self.assertEqual(refused.exception.status, 400)
        problem = refused.exception.answer["problems"][0]
        self.assertEqual(problem["column"], 9)
        self.assertIn('did you mean "power"?', problem["message"])


class SideBySide(unittest.TestCase):
    """Each test has labs of its own, so a runner may run many at a time."""

    def cured_by(self, command, mode, phones, answers=()):
        with Lab.open(name="both-certificates-at-once", mode=mode, phones=phones) as lab:
            lab.do("phones: power on", expect=["all phones are trusted"])
            lose(lab)
            lab.do({"on test10pub": command, "answers": answers}, "phones: reset")
            return lab.ask("GET", "/cluster")["states"]

    def test_of_two_cures_one_helps(self):
        """Both are tried at once, in real time and in virtual time."""
        password = [Lab().ready["admin"]["password"]]
        with concurrent.futures.ThreadPoolExecutor() as both:
            helps = both.submit(self.cured_by, "utils itl reset localkey", "wire", 20, password)
            does_not = both.submit(self.cured_by, "utils service restart Cisco Tftp", "virtual", 2000)
            self.assertEqual(helps.result()["trusted"], 20)
            self.assertEqual(does_not.result()["untrusted"], 2000)


if __name__ == "__main__":
    unittest.main()

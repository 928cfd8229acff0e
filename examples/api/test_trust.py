"""Phones lose their trust, and get it back: a suite that plays with itlsim.

    itlsim serve both-certificates-at-once --mode virtual --api 127.0.0.1:0 --ready-file ready.json &
    ITLSIM_READY=ready.json python3 -m unittest -v     # or pytest
"""

import unittest

from itlsim import Lab, Refused

PASSWORD = "ciscocisco"  # of the scenario's administrator, unless serve was given another


class Trust(unittest.TestCase):
    def setUp(self):
        self.lab = Lab()
        self.lab.ask("POST", "/cluster/start-anew")
        self.password = self.lab.ready["admin"]["password"]
        self.lab.do("phones: power on", expect=["all phones are trusted"])

    def lose(self):
        """Both certificates that phones trust are renewed while they are off."""
        callmanager = "on test10pub: set cert regen CallManager"
        tvs = "on test10pub: set cert regen TVS"
        self.lab.do(
            "phones: power off", callmanager, "wait: 6 minutes", tvs, "phones: power on",
            answers={callmanager: ["yes"], tvs: ["yes"]},
        )
        self.lab.expect("all phones are untrusted")

    def test_one_certificate_is_followed(self):
        self.lab.do("on test10pub: set cert regen CallManager", answers=["yes"])
        self.lab.expect("all phones are trusted", "all phones took their list by TVS")

    def test_trust_is_lost_and_regained(self):
        self.lose()
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


if __name__ == "__main__":
    unittest.main()

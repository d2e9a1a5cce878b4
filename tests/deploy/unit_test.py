#!/usr/bin/env python3
"""The systemd unit: what it starts is what the binary takes, and what it gives up is given up. Where
systemd is installed it judges the unit as well."""

import grp
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy/systemd/lifeline.service"
DIRECT = ROOT / "deploy/systemd/direct.conf"
BESIDE = ROOT / "deploy/systemd/beside.conf"
HOOK = ROOT / "deploy/systemd/renewed-certificate"
# `systemd-analyze security` gives 0 to a service that can do nothing and 10 to one that may do all.
EXPOSURE_MAX = 2.5


def parse(text):
    """Section -> setting -> its values in order."""
    sections, section = {}, None
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
            continue
        name, separator, value = line.partition("=")
        assert section is not None and separator, f"line {number}: {line}"
        section.setdefault(name, []).append(value)
    return sections


class Unit(unittest.TestCase):
    def setUp(self):
        self.unit = parse(UNIT.read_text())
        self.service = self.unit["Service"]

    def test_has_its_sections(self):
        self.assertEqual(list(self.unit), ["Unit", "Service", "Install"])

    def test_starts_what_the_binary_takes(self):
        words = self.service["ExecStart"][0].split()
        self.assertEqual(words[1], "serve")
        taken = set(re.findall(r'"(--[a-z-]+)"', (ROOT / "src/app/serve_options.cpp").read_text()))
        for flag in (word for word in words if word.startswith("--")):
            self.assertIn(flag, taken)

    def test_its_folder_is_the_one_that_may_be_written(self):
        words = self.service["ExecStart"][0].split()
        folder = words[words.index("--data") + 1]
        self.assertEqual(folder, "/var/lib/" + self.service["StateDirectory"][0])
        self.assertEqual(self.service["StateDirectoryMode"], ["0700"])
        self.assertNotIn("ReadWritePaths", self.service)

    def test_runs_as_the_user_that_is_made_for_it(self):
        made = (ROOT / "deploy/systemd/lifeline.sysusers").read_text()
        self.assertRegex(made, rf"(?m)^u {self.service['User'][0]} ")

    def test_as_many_files_as_the_default_has_connections(self):
        default = re.search(r"size_t connections = ([0-9']+);", (ROOT / "src/app/config.h").read_text())
        connections = int(default[1].replace("'", ""))
        self.assertGreaterEqual(int(self.service["LimitNOFILE"][0]), connections + 256)

    def test_gives_up_what_it_does_not_need(self):
        for name in ("NoNewPrivileges", "ProtectHome", "ProtectClock", "ProtectControlGroups",
                     "ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules",
                     "ProtectKernelTunables", "PrivateDevices", "PrivateTmp", "LockPersonality",
                     "MemoryDenyWriteExecute", "RestrictNamespaces", "RestrictRealtime",
                     "RestrictSUIDSGID"):
            with self.subTest(name):
                self.assertEqual(self.service.get(name), ["yes"])
        self.assertEqual(self.service["ProtectSystem"], ["strict"])
        self.assertEqual(self.service["CapabilityBoundingSet"], [""])
        self.assertEqual(self.service["SystemCallFilter"][0], "@system-service")

    def test_on_port_443_it_gets_back_what_a_low_port_needs_and_no_more(self):
        """In a user namespace of its own (PrivateUsers) the capability would be none on the host's network."""
        direct = parse(DIRECT.read_text())
        self.assertEqual(direct, {"Service": {
            "AmbientCapabilities": ["CAP_NET_BIND_SERVICE"],
            "CapabilityBoundingSet": ["CAP_NET_BIND_SERVICE"],
            "PrivateUsers": ["no"]}})
        listens = re.search(r'(?s)## Directly.*?```toml\n(.*?)```', (ROOT / "docs/reachable.md").read_text())[1]
        for part in ("fullchain", "privkey"):
            self.assertIn(f'"/etc/lifeline/tls/{part}.pem"', listens, "what the hook writes is what is read")

    def test_a_renewed_certificate_is_handed_over_readable_for_the_group_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            mine = grp.getgrgid(os.getgid()).gr_name
            tls = Path(folder) / "tls"

            def renewed(name, text):
                lineage = Path(folder) / "live" / name
                lineage.mkdir(parents=True, exist_ok=True)
                for part in ("fullchain", "privkey"):
                    (lineage / f"{part}.pem").write_text(f"{part} {text}")
                    (lineage / f"{part}.pem").chmod(0o600)
                subprocess.run([HOOK], check=True, env={"PATH": os.environ["PATH"], "LIFELINE_TLS": tls,
                                                        "LIFELINE_GROUP": mine, "RENEWED_LINEAGE": lineage})

            renewed("other.example.com", "of somebody else")
            self.assertFalse(tls.exists())
            for text in ("first", "second"):
                renewed("calls.example.com", text)
                self.assertEqual(tls.stat().st_mode & 0o777, 0o750)
                self.assertEqual(sorted(one.name for one in tls.iterdir()), ["fullchain.pem", "privkey.pem"])
                for part in ("fullchain", "privkey"):
                    self.assertEqual((tls / f"{part}.pem").read_text(), f"{part} {text}")
                    self.assertEqual((tls / f"{part}.pem").stat().st_mode & 0o777, 0o640)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed here")
    def test_systemd_agrees(self):
        for drop_ins in ((), (DIRECT,), (BESIDE,), (DIRECT, BESIDE)):
            with self.subTest(drop_ins=[one.name for one in drop_ins]):
                self.judge(drop_ins)

    def test_beside_its_folder_it_may_write_where_the_pages_say_and_nowhere_else(self):
        (folder,) = parse(BESIDE.read_text())["Service"]["ReadWritePaths"]
        self.assertEqual(set(parse(BESIDE.read_text())["Service"]), {"ReadWritePaths"})
        self.assertIn(f'file = "{folder}/', (ROOT / "docs/sinks.md").read_text())

    def judge(self, drop_ins):
        with tempfile.TemporaryDirectory() as folder:
            there = Path(folder) / "lifeline.service"
            beneath = Path(folder) / "lifeline.service.d"
            beneath.mkdir()
            for one in drop_ins:
                shutil.copy(one, beneath)
            # With a program and a user that are there: those of the unit come with the installation.
            there.write_text(re.sub(r"(?m)^(User|Group)=.*\n", "", UNIT.read_text())
                             .replace("/usr/local/bin/lifeline", "/bin/true"))
            verified = subprocess.run(["systemd-analyze", "verify", there], text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual(verified.returncode, 0, verified.stdout)
            self.assertNotIn(folder, verified.stdout)
            there.write_text(UNIT.read_text())
            judged = subprocess.run(["systemd-analyze", "security", "--offline=yes", there], text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            level = re.search(r"exposure level for \S+: ([0-9.]+)", judged.stdout)
            self.assertIsNotNone(level, judged.stdout)
            self.assertLessEqual(float(level[1]), EXPOSURE_MAX, judged.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)

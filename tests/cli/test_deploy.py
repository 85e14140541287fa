"""What `deploy/` says agrees with what the service is."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from traceability.cli import main
from traceability.settings import Settings
from traceability.settings.settings import _OWN, _PLAIN, PREFIX

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
NGINX = (DEPLOY / "nginx" / "traceability.conf").read_text("utf-8")
UNITS = sorted((DEPLOY / "systemd").glob("*.*"))
KNOWN = {*_PLAIN, *(PREFIX + name for name in _OWN), f"{PREFIX}HOME"}


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """A unit file: a key may stand several times."""
    found: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(section, {}).setdefault(key, []).append(value)
    return found


def test_every_setting_named_there_is_one() -> None:
    texts = [path.read_text("utf-8") for path in DEPLOY.rglob("*") if path.is_file()]
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+", "\n".join(texts)))
    assert named <= KNOWN
    environment = (DEPLOY / "systemd" / "environment").read_text("utf-8")
    lines = [line.lstrip("#") for line in environment.splitlines()]
    keys = {line.partition("=")[0] for line in lines if re.match(r"[A-Z_]+=", line)}
    assert keys <= KNOWN


def test_the_proxy_takes_bodies_as_large_as_the_service_does() -> None:
    [size] = re.findall(r"client_max_body_size (\d+)m;", NGINX)
    assert int(size) * 1024 * 1024 == Settings(home=ROOT, keys=ROOT).body_limit


def test_the_proxy_passes_the_target_on_as_it_came() -> None:
    """An address with a path in ``proxy_pass`` would be decoded and encoded anew."""
    directives = re.sub(r"#.*", "", NGINX)
    passed = set(re.findall(r"proxy_pass ([^;]+);", directives))
    assert passed == {"http://traceability"}
    assert "merge_slashes off;" in directives
    assert "rewrite" not in directives


def test_the_proxy_keeps_no_page_of_somebody_signed_in() -> None:
    [pattern] = re.findall(r'"~(.*)" 1;', NGINX)
    for cookies, signed_in in (
        ("__Host-session=x", True),
        ("lang=vi; session=x", True),
        ("lang=vi", False),
        ("nosession=x", False),
    ):
        assert bool(re.search(pattern, cookies)) is signed_in
    for directive in ("proxy_cache_bypass", "proxy_no_cache"):
        assert f"{directive} $traceability_signed_in $http_authorization;" in NGINX


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_run_commands_that_exist(path: Path) -> None:
    for command in unit(path).get("Service", {}).get("ExecStart", []):
        for words in re.findall(r"bin/traceability ([^'$]+)", command):
            asked = [*words.split(), "--help"]
            told = CliRunner().invoke(main, asked, prog_name="traceability")
            assert told.exit_code == 0, told.output
            assert "COMMAND [ARGS]" not in told.output, "a group, and no command of it"


def test_a_witness_has_an_account_and_a_folder_of_its_own() -> None:
    witness = unit(DEPLOY / "systemd" / "traceability-witness.service")["Service"]
    web = unit(DEPLOY / "systemd" / "traceability.service")["Service"]
    for key in ("User", "StateDirectory", "LoadCredential"):
        assert not set(witness[key]) & set(web[key])
    assert "EnvironmentFile" not in witness
    [folder] = witness["StateDirectory"]
    assert f"--folder /var/lib/{folder} serve" in witness["ExecStart"][0]


def test_units_that_run_on_are_confined_alike() -> None:
    confined = [
        {
            key: value
            for key, value in unit(path)["Service"].items()
            if key.startswith(("Protect", "Private", "Lock", "SystemCall", "NoNew"))
        }
        for path in UNITS
        if unit(path).get("Service", {}).get("Type") == ["exec"]
    ]
    assert len(confined) == 3
    assert all(one == confined[0] for one in confined)


def test_the_web_process_gets_its_pass_phrase_as_a_credential() -> None:
    service = unit(DEPLOY / "systemd" / "traceability.service")["Service"]
    [credential] = service["LoadCredential"]
    name = credential.partition(":")[0]
    assert f"{PREFIX}KEY_PASSPHRASE_FILE=%d/{name}" in service["Environment"]
    assert service["User"] != ["root"]
    for option in ("NoNewPrivileges", "PrivateDevices", "PrivateTmp"):
        assert service[option] == ["yes"]
    assert service["ProtectSystem"] == ["strict"]


def test_the_image_is_not_root_and_is_asked_whether_it_is_ready() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001", last, re.MULTILINE)
    assert re.search(r"^VOLUME /var/lib/traceability$", last, re.MULTILINE)
    [check] = re.findall(r"^  CMD (\[.*\])$", last, re.MULTILINE)
    program = json.loads(check)
    assert program[:2] == ["python", "-c"]
    compile(program[2], "health check", "exec")
    assert "/readyz" in program[2]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    assert all((ROOT / one).exists() for words in copied for one in words.split())

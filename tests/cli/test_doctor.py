"""`studio doctor` on this very machine."""

from tests.cli.conftest import Studio, answer


def test_the_doctor_looks_at_this_machine_through_the_real_workers(studio: Studio) -> None:
    done = studio("doctor", "--json")

    said = answer(done)
    checks = said["checks"]
    assert isinstance(checks, list)
    by_id = {check["id"]: check for check in checks}
    assert {"python", "packages", "display", "shm", "device", "codecs", "engine praat", "folder data"} <= set(by_id)
    assert {check["state"] for check in checks} <= {"ok", "warn", "fail"}
    assert all(check["remedy"] for check in checks if check["state"] != "ok")
    assert by_id["packages"]["state"] == by_id["codecs"]["state"] == by_id["engine praat"]["state"] == "ok"
    assert done.returncode == (1 if said["state"] == "fail" else 0)

"""The assessment's addresses: commentary with versions, files made by a job, nothing from another site."""

import io
import shutil
import threading
import time
import zipfile
from pathlib import Path

import pytest

from app import Settings, create_app
from pages._shared.jobs import Jobs, Refused, Result

DEMONSTRATION = Path(__file__).parents[2] / "data" / "demo" / "store"
OURS = {"X-Dashboard": "1", "Origin": "http://localhost"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    store = tmp_path_factory.mktemp("written") / "store"
    shutil.copytree(DEMONSTRATION, store)
    return create_app(Settings(store=store)).server.test_client()


def finished(client, job):
    for _ in range(600):
        seen = client.get(f"/assessment/job/{job}.json").get_json()
        if seen["state"] in {"ready", "failed"}:
            return seen
        time.sleep(0.1)
    raise AssertionError("the job did not end")


def test_commentary_is_kept_by_version(client):
    address = "/assessment/commentary/harm.json"
    first = client.post(address, json={"text": "One", "version": 0}, headers=OURS)
    late = client.post(address, json={"text": "Two", "version": 0}, headers=OURS)

    assert first.get_json()["version"] == 1
    assert late.get_json()["theirs"]["text"] == "One"
    held = client.get("/assessment/commentary.json").get_json()["sections"]["harm"]
    assert (held["text"], held["version"]) == ("One", 1)


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("/assessment/commentary/nowhere.json", {"text": "x", "version": 0}, 400),
        ("/assessment/commentary/harm.json", {"text": "x"}, 400),
        ("/assessment/commentary/harm.json", {"text": "x" * 20_001, "version": 0}, 400),
        ("/assessment/build.json", {"kind": "pdf"}, 400),
        ("/assessment/keep.json", {"name": " "}, 400),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(client, address, body, status):
    answer = client.post(address, json=body, headers=OURS)
    assert answer.status_code == status
    assert len(answer.get_data(as_text=True).strip().splitlines()) == 1


def test_requests_from_another_site_change_nothing(client):
    body = {"text": "x", "version": 1, "kind": "xlsx", "name": "x"}
    for address in ("/assessment/commentary/harm.json", "/assessment/build.json", "/assessment/keep.json"):
        for headers in ({"Origin": "http://localhost"}, {"X-Dashboard": "1", "Origin": "http://elsewhere.example"}):
            assert client.post(address, json=body, headers=headers).status_code == 403


def test_a_file_is_made_while_one_may_ask_how_far_it_is(client):
    begun = client.post("/assessment/build.json", json={"kind": "xlsx", "query": "?from=2024-07"}, headers=OURS)
    assert begun.status_code == 202
    seen = finished(client, begun.get_json()["id"])
    answer = client.get(f"/assessment/file/{seen['id']}")

    assert seen["state"] == "ready"
    assert seen["share"] == 1
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    assert seen["name"] in answer.headers["Content-Disposition"]
    assert seen["name"].endswith("_2024-07_2024-12.xlsx")
    refused = client.post("/assessment/build.json", json={"kind": "docx", "since": "never"}, headers=OURS)
    failed = finished(client, refused.get_json()["id"])
    assert failed["state"] == "failed"
    assert "no earlier assessment, session or snapshot “never”" in failed["said"][0]
    assert client.get(f"/assessment/file/{failed['id']}").status_code == 404
    assert client.get("/assessment/job/none.json").status_code == 404


def test_jobs_wait_for_each_other_and_tell_how_far_they_are():
    jobs, go = Jobs(), threading.Event()

    def slow(folder, progress):
        progress(0.5, "Half")
        go.wait(10)
        (folder / "x").write_text("done")
        return Result(folder / "x", "x")

    def refused(folder, progress):
        raise Refused("Not today.")

    first, second = jobs.start(slow), jobs.start(refused)
    for _ in range(100):
        if jobs.find(first.id).what == "Half":
            break
        time.sleep(0.02)
    assert (jobs.find(first.id).share, jobs.find(second.id).state) == (0.5, "waiting")
    for _ in range(3):
        jobs.start(refused)
    with pytest.raises(Refused, match="Several documents"):
        jobs.start(refused)
    go.set()
    for _ in range(200):
        if jobs.find(second.id).state == "failed":
            break
        time.sleep(0.02)
    assert jobs.find(first.id).result.file.read_text() == "done"
    assert jobs.find(second.id).said == ("Not today.",)

"""A full workshop: what one look at the shared screen costs, and one device's answers, with 200 devices in the room.

python -m tests.bench.workshop
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app import Settings, create_app
from data import state as st
from tests.bench._common import DEMONSTRATION

DEVICES = 200


def median_ms(work: Callable[[], object], times: int = 15) -> float:
    """Median of some runs, in milliseconds."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - start))
    return statistics.median(took)


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        shutil.copytree(DEMONSTRATION, store, ignore=shutil.ignore_patterns("state.sqlite*", "access.json"))
        client = create_app(Settings(store=store)).server.test_client()
        here = {"Origin": "http://localhost"}
        session = client.post("/workshop/do", data={"do": "new", "name": "Full"}, headers=here).get_json()["session"]
        state = st.State(store)
        live = st.open_workshop(state, session, ["Council"])
        client.post(
            "/workshop/do", data={"do": "ask-scores", "session": session, "criterion": "influence"}, headers=here
        )
        asked = st.read_round(state, session)
        assert asked is not None
        devices = [st.join_workshop(state, live.code, "Council") for _ in range(DEVICES)]
        answer = {item: 3.0 for item, _ in asked.items}
        sent = median_ms(lambda: st.give_answers(state, devices[0].id, asked.id, answer))
        for number, device in enumerate(devices):
            st.give_answers(state, device.id, asked.id, {item: float(number % 6) for item in answer})
        look = median_ms(lambda: client.get(f"/workshop/parts?session={session}"))
        client.post("/join", data={"code": live.code, "agency": "Council"}, headers=here)
        polled = median_ms(lambda: client.get("/join/now"))
    print(f"{DEVICES} devices, {len(answer)} problems")
    print(f"one device's answers saved          {sent:7.1f} ms")
    print(f"one look at the shared screen       {look:7.1f} ms")
    print(f"one device asking what is on        {polled:7.1f} ms")


if __name__ == "__main__":
    main()

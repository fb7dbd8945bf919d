"""Answers worked out once: equal questions asked at the same time wait for one answer, later ones find it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

__all__ = ["Memo"]

T = TypeVar("T")


class Memo(Generic[T]):
    """A bounded, thread-safe store of answers by question. An answer that failed is not kept.

    The caller hands out copies of what can be changed.

    >>> memo = Memo(size=2)
    >>> memo.answer("a", lambda: 1), memo.answer("a", lambda: 2)
    (1, 1)
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, Future[T]] = OrderedDict()

    def answer(self, question: Hashable, work_out: Callable[[], T]) -> T:
        """The answer to a question; `work_out` is called only by the first who asks."""
        with self._lock:
            found = self._answers.get(question)
            if found is not None:
                self._answers.move_to_end(question)
            else:
                mine: Future[T] = Future()
                self._answers[question] = mine
                while len(self._answers) > self._size:
                    self._answers.popitem(last=False)
        if found is not None:
            return found.result()
        try:
            mine.set_result(work_out())
        except BaseException as error:
            with self._lock:
                if self._answers.get(question) is mine:
                    del self._answers[question]
            mine.set_exception(error)
            raise
        return mine.result()

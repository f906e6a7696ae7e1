"""Takes up the version of the model that is in force, without a stop of the server."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from anyio import create_task_group, move_on_after, sleep, to_thread
from anyio.abc import TaskGroup
from fastapi import FastAPI

from data.errors import ShedlightError
from model.registry.registry import Champion, Registry
from serve.resources import ActiveRequests, Resources
from serve.scoring.model import scorer_of
from serve.scoring.pool import LOADING_S, WorkerPool
from serve.settings import Settings

LOOK_S = 3.0
"""Seconds between two looks at which version is in force. Our assumption."""

_log = logging.getLogger(__name__)


class ModelReloader:
    """Lets the version in force speak, and after each change the next one.

    The next one's scorer is loaded and its first worker up before it speaks; then its workers take
    the place of the old ones, one by one. Requests that had begun keep the old scorer and its last
    worker until they end. A version that cannot be loaded changes nothing.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises ShedlightError (MODEL_REFUSED) when not even the shipped version can be loaded."""
        self._settings = settings
        self._registry = Registry(settings.models)
        self._champion = self._registry.champion()
        self._refused: str | None = None
        self._scorer = scorer_of(self._champion)()
        self._workers = self._pool(self._champion)
        self._others: set[WorkerPool] = set()

    def first(self) -> Resources:
        """What requests share from the start. Call it where the event loop runs."""
        _log_trouble(self._champion.trouble)
        shared = Resources.of(self._settings, self._scorer, self._workers)
        return replace(shared, notice=self._champion.trouble)

    @asynccontextmanager
    async def following(self, app: FastAPI) -> AsyncIterator[None]:
        """Looks every few seconds, and changes the resources of ``app``; ends all workers."""
        async with create_task_group() as tasks:
            tasks.start_soon(self._follow, app, tasks)
            try:
                yield
            finally:
                tasks.cancel_scope.cancel()
        for pool in (self._workers, *self._others):
            await to_thread.run_sync(pool.close)

    async def _follow(self, app: FastAPI, tasks: TaskGroup) -> None:
        while True:
            await sleep(LOOK_S)
            try:
                await self._look(app, tasks)
            except Exception:  # a folder that cannot be read just now, say
                _log.exception("It is not known which version of the model is in force.")

    async def _look(self, app: FastAPI, tasks: TaskGroup) -> None:
        champion = await to_thread.run_sync(self._registry.champion)
        if champion.name == self._champion.name:
            self._refused = None
        elif champion.name != self._refused:
            await self._take_up(champion, app, tasks)
        self._tell(champion, app)

    async def _take_up(self, champion: Champion, app: FastAPI, tasks: TaskGroup) -> None:
        try:
            scorer = await to_thread.run_sync(scorer_of(champion))
        except ShedlightError:  # whole when it was looked at, and no more
            self._refused = champion.name
            return
        pool = self._pool(champion)
        self._others.add(pool)  # to be closed if the server stops meanwhile
        with move_on_after(LOADING_S) as patience:
            await to_thread.run_sync(pool.grow, abandon_on_cancel=True)
        if patience.cancelled_caught:
            await to_thread.run_sync(pool.close)
            self._others.discard(pool)
            self._refused = champion.name
            return
        tasks.start_soon(self._hand_over, app.state.resources.visits, self._workers, pool)
        app.state.resources = app.state.resources.spoken_by(scorer, pool)
        self._champion, self._refused, self._workers = champion, None, pool
        _log.warning("The version %s of the model is in force now.", champion.name)

    async def _hand_over(self, visits: ActiveRequests, old: WorkerPool, new: WorkerPool) -> None:
        """Worker by worker, so that there is never more than one too many."""
        self._others.add(old)
        self._others.discard(new)
        for _ in range(self._settings.workers - 1):
            await to_thread.run_sync(old.shrink, abandon_on_cancel=True)
            await to_thread.run_sync(new.grow, abandon_on_cancel=True)
        await visits.ended()
        await to_thread.run_sync(old.close)
        self._others.discard(old)

    def _tell(self, champion: Champion, app: FastAPI) -> None:
        notice = champion.trouble
        if self._refused:
            notice = f"The version {self._refused} cannot be loaded; {self._champion.name} speaks."
        if notice != app.state.resources.notice:
            _log_trouble(notice)
            app.state.resources = replace(app.state.resources, notice=notice)

    def _pool(self, champion: Champion) -> WorkerPool:
        settings = self._settings
        return WorkerPool(scorer_of(champion), settings.workers, settings.photo_seconds)


def _log_trouble(trouble: str | None) -> None:
    if trouble:
        _log.warning(trouble)

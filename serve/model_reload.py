"""Loads the version of the model that becomes active, without stopping the server."""

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
from serve.scoring.pool import LOAD_LIMIT_S, WorkerPool
from serve.settings import Settings

POLL_INTERVAL_S = 3.0
"""Seconds between two checks which version is active. Our assumption."""

_log = logging.getLogger(__name__)


class ModelReloader:
    """Serves the active version of the model, and the next one after each change.

    The next version takes over once its scorer is loaded and its first worker is up; its workers
    then replace the old ones one by one. Requests that have begun keep the old scorer and its last
    worker until they end. A version that cannot be loaded changes nothing.
    """

    def __init__(
        self,
        settings: Settings,
        poll_interval_s: float = POLL_INTERVAL_S,
        load_limit_s: float = LOAD_LIMIT_S,
    ) -> None:
        """Raises ShedlightError (MODEL_REFUSED) if not even the shipped version can be loaded."""
        self._settings = settings
        self._poll_interval_s, self._load_limit_s = poll_interval_s, load_limit_s
        self._registry = Registry(settings.models)
        self._champion = self._registry.champion()
        self._unloadable: str | None = None
        self._scorer = scorer_of(self._champion)()
        self._workers = self._pool(self._champion)
        self._other_pools: set[WorkerPool] = set()

    def initial_resources(self) -> Resources:
        """The resources that requests share from the start. Call it where the event loop runs."""
        _log_problem(self._champion.problem)
        shared = Resources.of(self._settings, self._scorer, self._workers)
        return replace(shared, notice=self._champion.problem)

    @asynccontextmanager
    async def running(self, app: FastAPI) -> AsyncIterator[None]:
        """Polls for another active version and updates ``app.state``; ends all workers."""
        async with create_task_group() as tasks:
            tasks.start_soon(self._poll_forever, app, tasks)
            try:
                yield
            finally:
                tasks.cancel_scope.cancel()
        for pool in (self._workers, *self._other_pools):
            await to_thread.run_sync(pool.close)

    async def _poll_forever(self, app: FastAPI, tasks: TaskGroup) -> None:
        while True:
            await sleep(self._poll_interval_s)
            try:
                await self._poll(app, tasks)
            except Exception:  # such as a folder that cannot be read for the moment
                _log.exception("The active version of the model cannot be determined.")

    async def _poll(self, app: FastAPI, tasks: TaskGroup) -> None:
        champion = await to_thread.run_sync(self._registry.champion)
        if champion.name == self._champion.name:
            self._unloadable = None
        elif champion.name != self._unloadable:
            await self._load(champion, app, tasks)
        self._publish_notice(champion, app)

    async def _load(self, champion: Champion, app: FastAPI, tasks: TaskGroup) -> None:
        try:
            scorer = await to_thread.run_sync(scorer_of(champion))
        except ShedlightError:  # damaged since the registry checked it
            self._unloadable = champion.name
            return
        pool = self._pool(champion)
        self._other_pools.add(pool)  # to be closed if the server stops meanwhile
        with move_on_after(self._load_limit_s) as limit:
            await to_thread.run_sync(pool.grow, abandon_on_cancel=True)
        if limit.cancelled_caught:
            await to_thread.run_sync(pool.close)
            self._other_pools.discard(pool)
            self._unloadable = champion.name
            return
        tasks.start_soon(self._swap, app.state.resources.active_requests, self._workers, pool)
        app.state.resources = app.state.resources.with_scorer(scorer, pool)
        self._champion, self._unloadable, self._workers = champion, None, pool
        _log.warning("The version %s of the model is active now.", champion.name)

    async def _swap(self, requests: ActiveRequests, old: WorkerPool, new: WorkerPool) -> None:
        """Replaces worker by worker, so that there is never more than one too many."""
        self._other_pools.add(old)
        self._other_pools.discard(new)
        for _ in range(self._settings.workers - 1):
            await to_thread.run_sync(old.shrink, abandon_on_cancel=True)
            await to_thread.run_sync(new.grow, abandon_on_cancel=True)
        await requests.wait_idle()
        await to_thread.run_sync(old.close)
        self._other_pools.discard(old)

    def _publish_notice(self, champion: Champion, app: FastAPI) -> None:
        notice = champion.problem
        if self._unloadable:
            active = self._champion.name
            notice = f"The version {self._unloadable} cannot be loaded; {active} stays active."
        if notice != app.state.resources.notice:
            _log_problem(notice)
            app.state.resources = replace(app.state.resources, notice=notice)

    def _pool(self, champion: Champion) -> WorkerPool:
        settings = self._settings
        return WorkerPool(scorer_of(champion), settings.workers, settings.photo_seconds)


def _log_problem(problem: str | None) -> None:
    if problem:
        _log.warning(problem)

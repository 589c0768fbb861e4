"""The list of background work says in words what each of it is."""

from bulou.command.jobs.views import TITLES
from bulou.kernel import job_worker  # noqa: F401  registers its own
from bulou.kernel.jobs import KINDS


def test_every_kind_of_work_has_a_title_and_no_title_is_left_over():
    assert {name for name in KINDS if not name.startswith("test")} == set(TITLES)

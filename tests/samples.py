"""The sample data, which a worker loads once; every test moves into a copy."""

import pytest

from tests.journeys.make_service import Sample, make_sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make_sample(tmp_path_factory.mktemp("sample") / "home")

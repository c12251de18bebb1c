"""/v1/operations: routed by the id's last byte, followed by server-sent events."""

import json

import pytest

from chassis.kernel import new_id
from chassis.operations import OperationUnknown, operation_id
from gen.consilium.operations.v1 import operations_pb2 as pb
from tests.component.gateway.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_operation_is_asked_of_the_service_that_does_it(house: House) -> None:
    operation = operation_id("campaign")
    house.peers.answers["GetOperation"] = pb.Operation(id=operation, kind="campaign-launch")

    answer = await house.http.get(f"/v1/operations/{operation}", headers=house.bearer())

    assert answer.json()["kind"] == "campaign-launch"
    assert "result" not in answer.json()


async def test_counts_of_a_result_are_whole_numbers(house: House) -> None:
    done = pb.Operation(id=operation_id("profile"), done=True)
    done.result.update({"created": 3, "share": 0.5, "by_source": {"registry": 2}})
    house.peers.answers["GetOperation"] = done

    answer = await house.http.get(f"/v1/operations/{done.id}", headers=house.bearer())

    assert '"created":3,' in answer.text or '"created":3}' in answer.text
    assert answer.json()["result"] == {"created": 3, "share": 0.5, "by_source": {"registry": 2}}
    assert ".0" not in answer.text.partition('"result"')[2].partition("}}")[0]


async def test_an_id_of_no_service_is_unknown(house: House) -> None:
    foreign = new_id()[:-2] + "ff"

    answer = await house.http.get(f"/v1/operations/{foreign}", headers=house.bearer())

    assert (answer.status_code, answer.json()["code"]) == (404, "OPERATION_UNKNOWN")


async def test_progress_streams_until_done(house: House) -> None:
    operation = operation_id("profile")
    house.peers.answers["GetOperation"] = pb.Operation(id=operation)
    house.peers.answers["WatchOperation"] = [
        pb.Operation(id=operation, progress=pb.Progress(done=1, total=2, unit="rows")),
        pb.Operation(id=operation, done=True, progress=pb.Progress(done=2, total=2, unit="rows")),
    ]

    async with house.http.stream("GET", f"/v1/operations/{operation}/events", headers=house.bearer()) as answer:
        lines = [line async for line in answer.aiter_lines() if line]

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert lines[0::2] == ["event: progress", "event: done"]
    assert json.loads(lines[3].removeprefix("data: "))["progress"] == {"done": 2, "total": 2, "unit": "rows"}


async def test_a_stream_that_may_not_be_followed_is_refused_as_a_problem(house: House) -> None:
    house.peers.answers["GetOperation"] = OperationUnknown(new_id())

    answer = await house.http.get(f"/v1/operations/{operation_id('segment')}/events", headers=house.bearer())

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_runs_anywhere_is_one_list_and_mine_when_asked(house: House) -> None:
    first, second = operation_id("profile"), operation_id("campaign")

    def told(request: pb.ListOperationsRequest) -> pb.ListOperationsResponse:
        made = pb.Operation(id=first if len(house.peers.asked["ListOperations"]) == 1 else second)
        made.create_time.FromSeconds(len(house.peers.asked["ListOperations"]))
        return pb.ListOperationsResponse(operations=[made])

    house.peers.answers["ListOperations"] = told

    answer = await house.http.get("/v1/operations?running=true&mine=true&page_size=2", headers=house.bearer())

    times = [each["create_time"] for each in answer.json()["items"]]
    assert len(times) == 2
    assert times == sorted(times, reverse=True)
    assert answer.json()["next_page_token"] == ""
    assert len(house.peers.asked["ListOperations"]) == 3
    assert all(request.running and request.mine for request in house.peers.asked["ListOperations"])


async def test_a_page_token_belongs_to_one_service(house: House) -> None:
    answer = await house.http.get("/v1/operations?page_token=t", headers=house.bearer())

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?service")


async def test_the_system_says_in_words_what_works(house: House) -> None:
    answer = await house.http.get("/v1/system", headers=house.bearer())

    parts = {each["name"]: each for each in answer.json()["parts"]}
    assert {"people", "search", "campaigns", "sending", "reports", "sign-in"} <= parts.keys()
    assert parts["people"] == {"name": "people", "ready": True, "effects": {}}
    assert answer.json()["ready"] is all(each["ready"] for each in parts.values())
    assert (await house.http.get("/v1/system")).status_code == 401

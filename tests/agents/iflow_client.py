"""The public client of iFlow's agents against the simulator of one, which it starts itself as `iflow`."""

import asyncio
import tempfile

from iflow_sdk import ApprovalMode, AssistantMessage, IFlowClient, IFlowOptions, TaskFinishMessage


async def say(client, text):
    words = ""
    await client.send_message(text)
    async for message in client.receive_messages():
        if isinstance(message, AssistantMessage):
            words += message.chunk.text or ""
        elif isinstance(message, TaskFinishMessage):
            return words
    return words


async def main():
    with tempfile.TemporaryDirectory() as folder:
        options = IFlowOptions(cwd=folder, timeout=30.0, log_level="ERROR", approval_mode=ApprovalMode.DEFAULT)
        async with IFlowClient(options) as client:
            answer = await say(client, "say ahoy there")
            assert answer == "ahoy there", answer
            answer = await say(client, "history")
            assert answer == "heard: say ahoy there | history", answer


asyncio.run(asyncio.wait_for(main(), 90))

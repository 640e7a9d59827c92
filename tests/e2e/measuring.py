"""Steps: how long a reply takes."""

import statistics

from callbacks import OK, signed
from checks import equal, measured
from deploying import FIRST_TOKEN

COUNT = 200


def replies(stack):
    """Sends callbacks through one connection, one after the other."""
    sender = stack.sender
    measured("the first reply after the deployment, with a new connection", sender.seconds[0] * 1000, "ms")
    before, through = len(sender.seconds), sender.place.connection(sender.url)
    times = [1670574800000 + number for number in range(COUNT)]
    answers = {sender.send_callback("Group.CallbackAfterGroupFull", {"GroupId": "@TGS#measured", "EventTime": time},
                                    signed(FIRST_TOKEN), through) for time in times}
    through[0].close()
    equal(f"{COUNT} callbacks through one connection are recorded", answers, {OK})
    cuts = statistics.quantiles(sender.seconds[before:], n=100)
    measured(f"p50 of {COUNT} replies, from this machine", cuts[49] * 1000, "ms")
    measured(f"p99 of {COUNT} replies, from this machine", cuts[98] * 1000, "ms")

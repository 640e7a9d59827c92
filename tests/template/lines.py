"""Lines of the functions' logs with the fields of metrics and queries, and the expected metrics of each line."""

import filters

# The longest log line of a recorded event of `events/`. Prices use it, and `make e2e` checks the real lines.
LINE_BYTES = 400

CALLBACK = {"timestamp": "2022-12-09T08:28:34.400Z", "level": "INFO", "outcome": "recorded", "SdkAppid": "1400000001",
            "CallbackCommand": "Group.CallbackAfterGroupFull", "subject": "@TGS#2J4SZEAEL", "EventTime": 1670574514123,
            "Lag": 277, "StoreTime": 3.2, "body_bytes": 89, "RequestId": "c8Qb02hGtjMEJpg="}
FAILED = CALLBACK | {"level": "ERROR", "outcome": "failed", "reason": "timeout", "function_version": "7",
                     "unrecorded": {"id": "a", "piece": 1, "pieces": 2, "body": "{}"}}
THROTTLED = FAILED | {"reason": "ThrottlingException"}
CONTINUED = {"timestamp": "2022-12-09T08:28:34.401Z", "level": "ERROR", "message": "not recorded, continued",
             "unrecorded": {"id": "a", "piece": 2, "pieces": 2, "body": "}"}}
REFUSED = {"timestamp": "2022-12-09T08:28:34.400Z", "level": "WARN", "outcome": "refused", "reason": "not_post",
           "RequestId": "c8Qb02hGtjMEJpg="}

# Lines of the function's log, each with its metrics.
OF_THE_FUNCTION = [
    (CALLBACK, {"Lag": 277}),
    (CALLBACK | {"Lag": -3}, {}),
    ({key: value for key, value in CALLBACK.items() if key not in ("EventTime", "Lag")}, {}),
    (CALLBACK | {"outcome": "duplicate", "Lag": 90000}, {}),
    ({"level": "INFO", "outcome": "probe"}, {}),
    ({"level": "INFO", "outcome": "health"}, {}),
    (FAILED, {"NotStored": 1, "NotStoredByVersion function_version=7": 1}),
    # It rolls back no deployment: no version can prevent it.
    (THROTTLED, {"NotStored": 1}),
    (CONTINUED, {}),
    (CALLBACK | {"problem": "EventTime is in seconds"}, {"Lag": 277, "Problems": 1}),
    (REFUSED, {"Refused": 1}),
    (REFUSED | {"reason": "sign_wrong"}, {"Refused": 1, "SignatureRefusals": 1}),
    ({"level": "INFO", "message": "ready"}, {}),
    ("a line of Lambda, which is not JSON", {}),
]
BEFORE = CALLBACK | {"CallbackCommand": "Group.CallbackBeforeSendMsg"}
# With your own receiver.
FORWARDED = [
    # Also an after-callback that is taken with status 200, whatever the body of the response.
    (CALLBACK | {"forward": "200", "ForwardTime": 12.5}, {"Lag": 277}),
    (CALLBACK | {"forward": "204", "ForwardTime": 12.5}, {"Lag": 277}),
    (BEFORE | {"forward": "204", "ForwardTime": 12.5, "answer": "unusable"}, {"Lag": 277, "ForwardFailures": 1}),
    (BEFORE | {"forward": "not_json", "ForwardTime": 12.5, "answer": "unusable"}, {"Lag": 277, "ForwardFailures": 1}),
    # The status came in time, but not the whole answer.
    (BEFORE | {"forward": "timeout", "ForwardTime": 1450.1, "answer": "unusable"}, {"Lag": 277, "ForwardFailures": 1}),
    (BEFORE | {"forward": "200", "ForwardTime": 12.5, "answer": "too_large"}, {"Lag": 277}),
    (CALLBACK | {"forward": "410", "ForwardTime": 12.5}, {"Lag": 277, "ForwardFailures": 1}),
    (CALLBACK, {"Lag": 277}),
]
UNFORWARDED = CALLBACK | {"level": "WARN", "forward": "503", "ForwardTime": 12.5, "unforwarded": {
    "pk": "1400000001#@TGS#2J4SZEAEL", "sk": "1670574514123#Group.CallbackAfterGroupFull#0123456789abcdef", "hop": 1,
    "query": "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull&ClientIP=203.0.113.8&OptPlatform=RESTAPI"
             "&RequestTime=1670574514", "sha256": "0" * 64}}
# Callbacks that the receiver did not take.
MISSED = [
    (UNFORWARDED, {"Lag": 277, "ForwardFailures": 1}),
    (UNFORWARDED | {"forward": "timeout", "ForwardTime": 1500.1}, {"Lag": 277, "ForwardFailures": 1}),
    (FAILED | UNFORWARDED | {"outcome": "failed"},
     {"NotStored": 1, "NotStoredByVersion function_version=7": 1, "ForwardFailures": 1}),
]
REFORWARDED = {"timestamp": "2022-12-09T08:30:00.000Z", "level": "INFO", "message": "forwarded", "outcome": "forwarded",
               "pk": "1400000001#g", "sk": "1670574514123#Group.CallbackAfterGroupFull#0123456789abcdef",
               "forward": "200", "ForwardTime": 12.5, "function_request_id": "c2b1e3a4-5d6e-4f70-8a9b-0c1d2e3f4a5b"}
OF_REFORWARD = [
    (REFORWARDED, {"Reforwarded outcome=forwarded": 1}),
    (REFORWARDED | {"outcome": "rejected", "level": "WARN"}, {"Reforwarded outcome=rejected": 1}),
    (REFORWARDED | {"outcome": "gone"}, {"Reforwarded outcome=gone": 1}),
    (REFORWARDED | {"outcome": "failed", "level": "WARN", "reason": "timeout"}, {"Reforwarded outcome=failed": 1}),
    ({"level": "WARN", "message": "handed on to the queue: the last try failed less than 30 s ago"}, {}),
]
REDRIVEN = {"timestamp": "2022-12-09T08:30:00.000Z", "level": "INFO", "message": "recorded", "outcome": "recorded",
            "id": "8f5f6f1c-3ba4-4f6f-9d0b-0a3f0a3c7f10", "function_request_id": "c2b1e3a4-5d6e-4f70-8a9b-0c1d2e3f4a5b"}
OF_THE_REDRIVE = [
    (REDRIVEN, {"Redriven outcome=recorded": 1}),
    (REDRIVEN | {"outcome": "duplicate"}, {"Redriven outcome=duplicate": 1}),
    (REDRIVEN | {"outcome": "failed", "level": "ERROR", "reason": "incomplete", "error": "1 of 2 pieces"},
     {"Redriven outcome=failed": 1}),
    ({"level": "INFO", "message": "ready"}, {}),
]


def counted(metric_filters, line):
    """The metrics that filters make of a line."""
    return {" ".join([name, *(f"{key}={of}" for key, of in dimensions.items())]): value
            for each in metric_filters for _, name, dimensions, value in filters.data(each, line)}

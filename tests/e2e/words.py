"""AWS's errors in words that say what to do."""

import re

from botocore import exceptions

NO_CREDENTIALS = ("There are no AWS credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in again if "
                  "you use SSO. Then run this again.")
NO_REGION = "There is no Region. Set AWS_DEFAULT_REGION, or the Region in the profile."
EXPIRED = ("The AWS credentials are expired or unknown to AWS. Get new ones. Then run this again: it first removes what this run "
           "has left.")
DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "AuthorizationErrorException"}
OLD = {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"}


class Refused(Exception):
    """The run does not begin. The text says why, and what to do."""


def denied(error):
    """The action that AWS does not allow, or nothing."""
    if not isinstance(error, exceptions.ClientError) or error.response["Error"]["Code"] not in DENIED:
        return None
    message = error.response["Error"].get("Message", "")
    named = re.search(r"perform: ([\w-]+:\w+)", message)
    return named[1] if named else error.operation_name


def in_words(error):
    """An error as sentences: what is wrong, and what to do."""
    if isinstance(error, (exceptions.NoCredentialsError, exceptions.PartialCredentialsError, exceptions.ProfileNotFound)):
        return NO_CREDENTIALS if isinstance(error, exceptions.NoCredentialsError) else f"{error}. {NO_CREDENTIALS}"
    if isinstance(error, exceptions.NoRegionError):
        return NO_REGION
    if isinstance(error, (exceptions.TokenRetrievalError, exceptions.UnauthorizedSSOTokenError)):
        return EXPIRED
    if isinstance(error, exceptions.ClientError) and error.response["Error"]["Code"] in OLD:
        return f"{EXPIRED} AWS says: {error.response['Error'].get('Message')}"
    if action := denied(error):
        return (f"You may not perform {action}. Attach the policy of docs/account.md, or ask whoever manages the account. "
                f"AWS says: {error.response['Error'].get('Message')}")
    if isinstance(error, exceptions.EndpointConnectionError):
        return f"AWS can't be reached: {error}"
    if isinstance(error, Refused):
        return str(error)
    return f"{type(error).__name__}: {error}"

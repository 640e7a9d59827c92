"""The statements of roles and policies."""


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements(role_or_policy):
    """The statements in the properties of a role or a policy."""
    policies = role_or_policy.get("Policies", [role_or_policy])
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def allowed(role_or_policy):
    """The actions that a role or a policy allows, each with its resources."""
    found = {}
    for statement in statements(role_or_policy):
        for action in as_list(statement["Action"]) if statement["Effect"] == "Allow" else []:
            found.setdefault(action, []).extend(as_list(statement["Resource"]))
    return found

"""Serves the emulator with stand-ins for the three types of resource that it lacks.

They are accepted and have no effect, so that the template can be deployed as it is.
"""

import sys

from ministack.app import main
from ministack.services.cloudformation import provisioners

LACKING = ["AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup", "AWS::Logs::QueryDefinition"]


def accept(logical_id, _properties, stack_name):
    return f"{stack_name}-{logical_id}", {}


def keep(physical_id, _old, _new, _stack_name):
    return physical_id, {}


for kind in LACKING:
    if kind in provisioners._RESOURCE_HANDLERS:
        sys.exit(f"The emulator knows {kind} now: take the stand-in away.")
    provisioners._RESOURCE_HANDLERS[kind] = {"create": accept, "update": keep, "delete": lambda *_: None}

main()

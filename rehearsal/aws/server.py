"""AWS's API on this machine: moto, with what it lacks for our stacks.

Prints its URL, and ends when its standard input does, so that nothing is left of a test that was killed.
"""

import json
import sys
from urllib.parse import unquote

import xmltodict
from moto.backup.models import BackupBackend
from moto.backup.responses import BackupResponse
from moto.core.resource_tagging import TaggedResource
from moto.ec2.responses.instances import InstanceResponse
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from moto.s3.responses import S3Response

selections = {}


def list_tags(self):
    """As moto's own, which takes another part of the path when there is no slash at its end."""
    arn = unquote(self.path.split("/tags/")[1].rstrip("/"))
    return json.dumps({"Tags": self.backup_backend.list_tags(arn)})


def create_backup_selection(self):
    body = json.loads(self.body)
    plan = self.path.split("/")[-3 if self.path.endswith("/") else -2]
    self.backup_backend.get_backup_plan(plan, None)
    name = body["BackupSelection"]["SelectionName"]
    selections[name] = {"BackupPlanId": plan, "SelectionId": name, "CreationDate": 0, **body}
    return json.dumps(selections[name])


def get_backup_selection(self):
    found = selections.get(self.path.split("/")[-1])
    if found:
        return json.dumps(found)
    return 404, {}, json.dumps({"__type": "ResourceNotFoundException", "message": "no such selection"})


def delete_backup_selection(self):
    selections.pop(self.path.split("/")[-1], None)
    return "{}"


def created_with_tags(put):
    """A bucket's tags can come with its creation; moto takes them only afterwards."""

    def wrapped(self, request, bucket_name, querystring):
        answer = put(self, request, bucket_name, querystring)
        if self.body and b"<CreateBucketConfiguration" in as_bytes(self.body):
            tags = (xmltodict.parse(self.body)["CreateBucketConfiguration"].get("Tags") or {}).get("Tag", [])
            tags = tags if isinstance(tags, list) else [tags]
            self.backend.put_bucket_tagging(bucket_name, {tag["Key"]: tag["Value"] for tag in tags})
        return answer

    return wrapped


def protected(run):
    """A machine can be protected from its start on; moto listens to that only afterwards."""

    def wrapped(self):
        answer = run(self)
        for instance in answer.result.instances:
            instance.disable_api_termination = self._get_param("DisableApiTermination") or False
        return answer

    return wrapped


def with_plans(tagged):
    """The tagging API lists backup plans, too; moto lists vaults alone."""

    def wrapped(self):
        yield from tagged(self)
        for plan in self.plans.values():
            arn = plan.backup_plan_arn
            tags = self.tagger.get_tag_dict_for_resource(arn)
            yield TaggedResource(arn=arn, tags=tags, resource_type="backup:backup-plan")

    return wrapped


def as_bytes(body):
    return body if isinstance(body, bytes) else body.encode()


BackupBackend.iter_tagged_resources = with_plans(BackupBackend.iter_tagged_resources)
BackupResponse.list_tags = list_tags
BackupResponse.create_backup_selection = create_backup_selection
BackupResponse.get_backup_selection = get_backup_selection
BackupResponse.delete_backup_selection = delete_backup_selection
InstanceResponse.run_instances = protected(InstanceResponse.run_instances)
S3Response._bucket_response_put = created_with_tags(S3Response._bucket_response_put)

server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("http://%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()

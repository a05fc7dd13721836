import type { Host } from "../../../config/host";
import { HostInstance } from "../../../constructs/aws/host-instance";
import { type Properties, type StackJson, countsOf, resourceAt } from "../../support/assertions";
import { awsStackWith } from "../../support/aws-stack";
import { guestbookOnHost } from "../../support/guestbook";

function stackFor(change: Partial<Host> = {}): StackJson {
  const { host, name } = guestbookOnHost("/nowhere", change);
  if (!host) throw new Error("the fixture has no host");
  return awsStackWith(
    (scope) =>
      new HostInstance(scope, "instance", {
        name,
        host,
        subnetId: "subnet-1",
        securityGroupId: "sg-1",
        instanceProfile: "profile",
        keyName: "key",
        userData: "H4sI",
        volumeId: "vol-1",
        allocationId: "eipalloc-1",
      }),
  );
}

describe("HostInstance", () => {
  const stack = stackFor();
  const only = (type: string): Properties | undefined => Object.values(stack.resource?.[type] ?? {})[0];

  it("is a machine with its volume, its address and two alarms", () =>
    expect(countsOf(stack)).toEqual({
      aws_cloudwatch_metric_alarm: 2,
      aws_eip_association: 1,
      aws_instance: 1,
      aws_volume_attachment: 1,
    }));

  it("is what is asked for, closed to containers, encrypted, and not replaced by what is new", () =>
    expect(resourceAt(stack, "aws_instance.host")).toEqual({
      ami: expect.stringMatching(/^\$\{data\.aws_ami\..*\.id\}$/) as string,
      instance_type: "t4g.small",
      subnet_id: "subnet-1",
      vpc_security_group_ids: ["sg-1"],
      iam_instance_profile: "profile",
      key_name: "key",
      user_data_base64: "H4sI",
      metadata_options: { http_endpoint: "enabled", http_tokens: "required", http_put_response_hop_limit: 1 },
      root_block_device: { encrypted: true, volume_type: "gp3", volume_size: 16 },
      disable_api_termination: "${var.host_protected}",
      tags: { Name: "guestbook" },
      lifecycle: { ignore_changes: ["ami", "user_data_base64"] },
    }));

  it("is protected against its termination unless somebody says otherwise", () =>
    expect(stack.variable?.["host_protected"]).toMatchObject({ type: "bool", default: true }));

  it.each(["arm64", "amd64"] as const)("starts from Ubuntu for %s", (architecture) => {
    const instanceType = { name: "any.type", memory: 2048, processors: 2, architecture };
    expect(JSON.stringify(stackFor({ instanceType }))).toContain(
      `ubuntu-noble-24.04-${architecture}-server-*`,
    );
  });

  it("has stopped before its volume is torn off", () =>
    expect(only("aws_volume_attachment")).toMatchObject({
      volume_id: "vol-1",
      instance_id: "${aws_instance.host.id}",
      device_name: "/dev/sdf",
      stop_instance_before_detaching: true,
    }));

  it("has the address that outlives it", () =>
    expect(only("aws_eip_association")).toMatchObject({
      allocation_id: "eipalloc-1",
      instance_id: "${aws_instance.host.id}",
    }));

  it("is moved when AWS's machine fails, and restarted when it fails itself", () => {
    const alarms = Object.values(stack.resource?.["aws_cloudwatch_metric_alarm"] ?? {});
    expect(
      alarms
        .map((alarm) => [alarm["metric_name"], alarm["evaluation_periods"], alarm["alarm_actions"]])
        .sort(),
    ).toEqual([
      ["StatusCheckFailed_Instance", 5, ["arn:aws:automate:eu-central-1:ec2:reboot"]],
      ["StatusCheckFailed_System", 2, ["arn:aws:automate:eu-central-1:ec2:recover"]],
    ]);
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({
        namespace: "AWS/EC2",
        dimensions: { InstanceId: "${aws_instance.host.id}" },
        statistic: "Maximum",
        period: 60,
        comparison_operator: "GreaterThanThreshold",
        threshold: 0,
      });
    }
  });
});

import { processesToo } from "./input";
import { type Problem, showValue } from "./problem";

/** What is wrong with the section `host`. */
export const hostProblems = {
  unknownRegion: (region: string, nearest: string | undefined): Problem => ({
    place: "host.region",
    value: `${showValue(region)}, which AWS doesn't have`,
    expected: "an AWS region, for example eu-central-1",
    fix: nearest ? `did you mean "${nearest}"?` : "aws.amazon.com/about-aws/global-infrastructure lists them",
  }),

  unknownInstanceType: (type: string, nearest: string | undefined): Problem => ({
    place: "host.instanceType",
    value: `${showValue(type)}, which AWS doesn't have`,
    expected: "an EC2 instance type, for example t4g.small",
    fix: nearest ? `did you mean "${nearest}"?` : "aws.amazon.com/ec2/instance-types lists them",
  }),

  otherArchitecture: (chosen: string, type: string, actual: string): Problem => ({
    place: "host.architecture",
    value: `${showValue(chosen)}, but ${type} is ${actual}`,
    expected: `${showValue(actual)}, or an instance type that is ${chosen}`,
    fix: "remove the line: it follows from the instance type",
  }),

  otherZone: (zone: string, region: string): Problem => ({
    place: "host.zone",
    value: `${showValue(zone)}, which is no zone of ${region}`,
    expected: `${region} and one letter, for example ${region}a`,
    fix: `list them: aws ec2 describe-availability-zones --region ${region}`,
  }),

  /** @param processes MiB of what runs beside web, in a release */
  machineTooSmall: (
    type: string,
    memory: number,
    larger: string | undefined,
    processes: number,
  ): Problem => ({
    place: "host.instanceType",
    value: `${showValue(type)}, whose ${memory} MiB are too few for nginx, MariaDB and two releases of Django${processesToo(processes)}`,
    expected: "an instance type on which they fit",
    fix: larger
      ? `write instanceType: ${showValue(larger)}, the smallest of its family that does`
      : "choose another family, for example t4g.small",
  }),

  missingKey: (file: string, reason: string): Problem => ({
    place: file,
    value: `no public ssh key: ${reason}`,
    expected: "one line in OpenSSH's form, ssh-ed25519 AAAA…, beside the private key",
    fix: 'for a new machine type "make keys"; those of one that exists are where it was made (docs/host.md, "When you are several"); of a private key of your own: ssh-keygen -y -f KEY > KEY.pub',
  }),

  brokenPin: (file: string, reason: string): Problem => ({
    place: file,
    value: `not to be read: ${reason}`,
    expected: "name, account and region of the host, as make host has written them",
    fix: `take the file from git (git checkout ${file}); when it is nowhere, remove it: make host asks AWS and writes it again`,
  }),

  otherHostName: (name: string, before: string, file: string): Problem => ({
    place: "name",
    value: `${showValue(name)}, and the host of this folder was made with the name ${showValue(before)}`,
    expected: `${showValue(before)}: data volume, keys and snapshots on AWS have that name for life`,
    fix: `write name: ${showValue(before)} into deployment.ts; a second deployment wants a second folder, without ${file}, deployment.id and .deployment`,
  }),

  otherRegion: (name: string, region: string, pinned: string): Problem => ({
    place: "host.region",
    value: `${showValue(region)}, and the host of ${name} was made in ${pinned}`,
    expected: `${showValue(pinned)}, where the data volume is`,
    fix: `write region: "${pinned}"; a host in another region is a second deployment, and wants a folder of its own`,
  }),
} as const;

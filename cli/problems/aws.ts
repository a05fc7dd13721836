import type { Problem } from "../../config/errors";

/** What AWS says no to. */
export const awsProblems = {
  noAwsCredentials: (): Problem => ({
    place: "AWS",
    value: "closed: there are no credentials",
    expected: "credentials in the environment, in a profile, or by single sign-on",
    fix: "aws configure, or aws sso login and AWS_PROFILE=NAME, then type the command again (docs/host.md)",
  }),

  expiredAwsCredentials: (): Problem => ({
    place: "AWS",
    value: "closed: the credentials have expired",
    expected: "credentials that are valid for the next ten minutes",
    fix: "aws sso login, or get new ones, then type the command again: it carries on",
  }),

  refusedAwsCredentials: (region: string, said: string): Problem => ({
    place: "AWS",
    value: `closed: it doesn't know the credentials (${said})`,
    expected: `the key of an account in which ${region} is enabled`,
    fix: "see whose they are: aws sts get-caller-identity",
  }),

  awsDenied: (action: string, said: string): Problem => ({
    place: "AWS",
    value: `closed for ${action === "" ? "something that is needed" : action} (${said})`,
    expected: "credentials that may make what docs/host.md lists",
    fix: "have the account's owner allow it, then type the command again: it carries on",
  }),

  noAwsCapacity: (type: string, zone: string): Problem => ({
    place: "host.instanceType",
    value: `"${type}", which AWS doesn't have in ${zone} at the moment`,
    expected: "a type that the zone has",
    fix: "write another instanceType; another zone only as long as there is no data volume",
  }),

  oidcProviderExists: (): Problem => ({
    place: "github.oidcProvider",
    value: '"create", and the AWS account has GitHub\'s OIDC provider already',
    expected: '"existing" in every project of an account but the one that has made it',
    fix: 'write oidcProvider: "existing" in the section github, then type the command again: it carries on',
  }),

  noOidcProvider: (): Problem => ({
    place: "github.oidcProvider",
    value: '"existing", and the AWS account has no OIDC provider of GitHub',
    expected: '"create" in the one project of an account that makes it',
    fix: "leave oidcProvider out of the section github, then type the command again: it carries on",
  }),

  awsLimit: (region: string, said: string): Problem => ({
    place: "AWS",
    value: `at a limit of your account in ${region} (${said})`,
    expected: "room for one machine, one address and one VPC",
    fix: "remove what nobody needs, or ask AWS for more (Service Quotas), then type the command again",
  }),

  otherAccount: (actual: string, pinned: string, file: string): Problem => ({
    place: "AWS",
    value: `entered with credentials of the account ${actual}`,
    expected: `credentials of the account ${pinned}, in which the host was made (${file}); nothing was changed`,
    fix: `use those of ${pinned} (AWS_PROFILE=NAME, aws sso login), then type the command again; a host in another account is a second deployment, and wants a folder of its own`,
  }),

  unknownDataVolume: (name: string, volume: string, id: string, snapshots: number): Problem => ({
    place: volume,
    value: `the data volume of ${name}, and the state of host-data doesn't know it; a second, empty one would be made (snapshots: ${snapshots})`,
    expected: "the state by which it was made; nothing was changed",
    fix: `bring back .deployment/state (or host.stateBucket), or have the state made anew from what AWS has: make host ARGS="--import"; only to begin with an empty volume beside it: make host ARGS="--lose ${id}"`,
  }),

  unknownAddress: (name: string, address: string, id: string): Problem => ({
    place: address,
    value: `the public address of ${name}, and the state of host-data doesn't know it; a second one would be made`,
    expected: "the state by which it was made; nothing was changed",
    fix: `make host ARGS="--import"; only to have another address beside it: make host ARGS="--lose ${id}"`,
  }),

  unknownHost: (name: string, id: string): Problem => ({
    place: id,
    value: `a machine of ${name}, and the state of host doesn't know it; a second one would be made, and take its data volume`,
    expected: "the state by which it was made; nothing was changed",
    fix: 'bring back .deployment/state (or host.stateBucket), or have the state made anew from what AWS has: make host ARGS="--import"',
  }),

  goneFromAws: (name: string, what: string, id: string, has: string): Problem => ({
    place: name,
    value: `${what} (${id}), and it is gone from AWS: something other than this program deleted it`,
    expected: `what the state knows; nothing was changed. AWS has ${has}`,
    fix: `bring it back (docs/host.md, "The data volume is gone"); only if it may be lost for ever, to have a new and empty one: make host ARGS="--lose ${name}"`,
  }),

  severalVolumes: (name: string, volumes: readonly string[]): Problem => ({
    place: `the data volumes of ${name}`,
    value: `several: ${volumes.join("; ")}`,
    expected: "one, to be taken over",
    fix: `name it: make host ARGS="--import ${volumes[0]?.split(" ")[0] ?? "vol-…"}"`,
  }),

  nothingToImport: (name: string, account: string, region: string): Problem => ({
    place: `AWS, account ${account}, ${region}`,
    value: `without a data volume of ${name}`,
    expected: `one with the tags Name=${name}-data and django-deployment=${name}`,
    fix: "see that account and region are those in which it was made; to make a new one: make host",
  }),
} as const;

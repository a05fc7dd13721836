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
} as const;

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Runner, type ScriptOutcome } from "../../support/runner";
import { removeProjects } from "../../support/project";

afterEach(removeProjects);

const ENVIRONMENT = {
  RUNNER_ROLE: "arn:aws:iam::123456789012:role/runner",
  SECURITY_GROUP: "sg-1",
  AWS_REGION: "eu-central-1",
  GITHUB_RUN_ID: "42",
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.example/?api=1",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-secret",
};

/** What stands in for curl: GitHub's token and the own address; it notes its arguments. */
const CURL = `#!/usr/bin/env bash
echo "curl $*" >>"$HOME/calls"
case "$*" in
  *checkip*) echo "\${FAKE_ADDRESS-203.0.113.7}" ;;
  *token.example*) cat >"$HOME/header"; [ -z "\${FAKE_NO_TOKEN-}" ] || exit 22; echo '{"count": 1, "value": "web-identity-secret"}' ;;
esac
`;

/** What stands in for the AWS CLI: rules are lines of a file. */
const AWS = `#!/usr/bin/env bash
echo "aws $*" >>"$HOME/calls"
cp "$AWS_WEB_IDENTITY_TOKEN_FILE" "$HOME/token-seen"
echo "$AWS_ROLE_ARN $AWS_ROLE_SESSION_NAME $AWS_REGION" >"$HOME/role-seen"
if [ -n "\${FAKE_REFUSAL-}" ] && [ "$2" = "\${FAKE_REFUSED_CALL-describe-security-group-rules}" ]; then echo "$FAKE_REFUSAL" >&2; exit 254; fi
touch "$HOME/rules"
case $2 in
  describe-security-group-rules) cat "$HOME/rules" ;;
  revoke-security-group-ingress) grep -v "^\${*: -1}	" "$HOME/rules" >"$HOME/rules.new"; mv "$HOME/rules.new" "$HOME/rules" ;;
  authorize-security-group-ingress)
    printf 'sgr-new\\t%s\\n' "$(sed 's/.*"Description":"\\([^"]*\\)".*/\\1/' <<<"\${*: -1}")" >>"$HOME/rules" ;;
esac
`;

class Firewall extends Runner {
  public constructor(rules = "") {
    super();
    this.replace("curl", CURL);
    this.replace("aws", AWS);
    this.write("rules", rules);
  }

  public command(action: string, env: Readonly<Record<string, string>> = {}): ScriptOutcome {
    return this.run("firewall", [action], { ...ENVIRONMENT, ...env });
  }

  public read(name: string): string {
    return readFileSync(join(this.temporary, name), "utf8");
  }
}

/** What the rule of the run is called. */
const NAME = /^django-deployment runner 42 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/;

const STALE = "sgr-old\tdjango-deployment runner 7\n";

test("open sweeps what killed runs have left, then lets this machine in, and nobody else", () => {
  const began = Math.floor(Date.now() / 1000) * 1000;
  const firewall = new Firewall(STALE);
  const { status, stdout, stderr } = firewall.command("open");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.trimEnd().split("\n")).toEqual([
    "closed: django-deployment runner 7",
    "port 22 is open for this machine",
  ]);
  const [, name = "", ...more] = firewall
    .read("rules")
    .trimEnd()
    .split(/[\t\n]/);
  expect(more).toEqual([]);
  // By its time the host sees when nobody needs it any more.
  const opened = Date.parse(NAME.exec(name)?.[1] ?? "");
  expect(opened).toBeGreaterThanOrEqual(began);
  expect(opened).toBeLessThanOrEqual(Date.now());
  const permissions = /--ip-permissions (.*)/.exec(firewall.read("calls"))?.[1] ?? "";
  expect(JSON.parse(permissions)).toEqual([
    {
      IpProtocol: "tcp",
      FromPort: 22,
      ToPort: 22,
      IpRanges: [{ CidrIp: "203.0.113.7/32", Description: name }],
    },
  ]);
});

test.each([
  ["with its time", "django-deployment runner 42 2026-11-28T16:05:33Z"],
  ["without one, as an older workflow writes it", "django-deployment runner 42"],
])("close takes away this run's rule alone, %s", (_name, rule) => {
  const others = `${STALE}sgr-b\tdjango-deployment runner 421 2026-11-28T16:05:33Z\nsgr-c\tdjango-deployment runner 421\n`;
  const firewall = new Firewall(`${others}sgr-new\t${rule}\n`);
  expect(firewall.command("close").stdout).toBe(`closed: ${rule}\n`);
  expect(firewall.read("rules")).toBe(others);
  // Nothing was opened: nothing to do.
  expect(firewall.command("close")).toMatchObject({ status: 0, stdout: "" });
});

test("the role is taken with GitHub's token, and no token is shown or an argument", () => {
  const firewall = new Firewall();
  const { stdout, stderr } = firewall.command("open");
  expect(firewall.read("token-seen")).toBe("web-identity-secret");
  expect(firewall.read("header")).toBe("Authorization: bearer request-secret\n");
  expect(firewall.read("role-seen")).toBe(`${ENVIRONMENT.RUNNER_ROLE} django-deployment-42 eu-central-1\n`);
  expect(firewall.read("calls")).toContain("https://token.example/?api=1&audience=sts.amazonaws.com");
  for (const shown of [stdout, stderr, firewall.read("calls")]) expect(shown).not.toContain("secret");
  expect(firewall.steps()).toEqual(["Open port 22: 0"]);
});

test("a network that somebody has let in for good is no error", () => {
  const firewall = new Firewall();
  const env = {
    FAKE_REFUSED_CALL: "authorize-security-group-ingress",
    FAKE_REFUSAL: "(InvalidPermission.Duplicate) exists",
  };
  expect(firewall.command("open", env).status).toBe(0);
});

test("a rule that another run has removed meanwhile is no error", () => {
  const firewall = new Firewall(STALE);
  const env = {
    FAKE_REFUSED_CALL: "revoke-security-group-ingress",
    FAKE_REFUSAL: "(InvalidSecurityGroupRuleId.NotFound) gone",
  };
  expect(firewall.command("open", env).status).toBe(0);
});

test("an address given by hand is not asked for", () => {
  const firewall = new Firewall();
  firewall.command("open", { OWN_ADDRESS: "198.51.100.9" });
  expect(firewall.read("calls")).toContain("198.51.100.9/32");
  expect(firewall.read("calls")).not.toContain("checkip");
});

test.each<[string, string, Record<string, string>, string]>([
  ["a word that it doesn't know", "toggle", {}, "usage:"],
  ["a variable that is missing", "open", { SECURITY_GROUP: "" }, "SECURITY_GROUP is not set"],
  ["no right to a token", "open", { FAKE_NO_TOKEN: "1" }, 'the job needs the right "id-token: write"'],
  [
    "a role that isn't for this repository",
    "open",
    { FAKE_REFUSAL: "(AccessDenied) AssumeRoleWithWebIdentity" },
    "its trust is for another repository or environment",
  ],
  [
    "a role that may not",
    "close",
    { FAKE_REFUSAL: "(UnauthorizedOperation) no" },
    "AWS refuses to list the rules",
  ],
  [
    "an address that is none",
    "open",
    { FAKE_ADDRESS: "<html>" },
    'own address can\'t be found out (got "<html>")',
  ],
])("refuses %s", (_name, action, env, message) => {
  const firewall = new Firewall();
  const { status, stderr } = firewall.command(action, env);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(existsSync(join(firewall.temporary, "rules")) && firewall.read("rules")).toBe("");
});

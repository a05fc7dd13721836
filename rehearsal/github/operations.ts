import { Refusal } from "./branch";
import type { Commit } from "./branch";
import type { FakeRepository } from "./repository";

/** One call, as far as an operation needs it. */
export interface Call {
  /** Parts of the path by name. */
  readonly values: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** What was sent; checked against the description. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

type Handler = (repository: FakeRepository, call: Call) => Answer;

const REPO = "/repos/{owner}/{repo}";
const ENVIRONMENT = `${REPO}/environments/{environment_name}`;
const ok = (body?: unknown, status = 200): Answer => ({ status, body });
const EMPTY = ok(undefined, 204);

function at(values: Readonly<Record<string, string>>, name: string): string {
  return values[name] ?? "";
}

/** What each operation does, by method and path of the description. */
export const OPERATIONS: Readonly<Record<string, Handler>> = {
  [`get ${REPO}`]: (repository) => ok(repository.describe()),
  [`get ${REPO}/branches/{branch}`]: (repository, { values }) => {
    const branch = repository.branch(at(values, "branch"));
    return ok({ name: at(values, "branch"), commit: { sha: branch.head.sha }, protected: false });
  },
  [`get ${REPO}/actions/oidc/customization/sub`]: (repository) =>
    ok({ use_default: true, use_immutable_subject: true, sub_claim_prefix: repository.subject }),

  [`get ${ENVIRONMENT}`]: (repository, { values }) =>
    ok(repository.describeEnvironment(repository.environment(at(values, "environment_name")))),
  [`put ${ENVIRONMENT}`]: (repository, { values, body }) => {
    const environment = repository.provideEnvironment(at(values, "environment_name"));
    const reviewers = (body["reviewers"] ?? []) as readonly { readonly id: number }[];
    environment.reviewers = reviewers.map(({ id }) => id);
    environment.branchPolicy = body["deployment_branch_policy"] ?? null;
    return ok(repository.describeEnvironment(environment));
  },
  [`delete ${ENVIRONMENT}`]: (repository, { values }) => {
    repository.environment(at(values, "environment_name"));
    repository.environments.delete(at(values, "environment_name"));
    return EMPTY;
  },

  [`post ${ENVIRONMENT}/deployment-branch-policies`]: (repository, { values, body }) => {
    const { policies } = repository.environment(at(values, "environment_name"));
    const id = policies.size + 1;
    policies.set(id, String(body["name"]));
    return ok({ id, name: body["name"], type: "branch" });
  },
  [`get ${ENVIRONMENT}/deployment-branch-policies/{branch_policy_id}`]: (repository, { values }) => {
    const id = Number(values["branch_policy_id"]);
    const name = repository.environment(at(values, "environment_name")).policies.get(id);
    if (name === undefined) throw new Refusal(404, "Not Found");
    return ok({ id, name, type: "branch" });
  },
  [`put ${ENVIRONMENT}/deployment-branch-policies/{branch_policy_id}`]: (repository, { values, body }) => {
    const id = Number(values["branch_policy_id"]);
    repository.environment(at(values, "environment_name")).policies.set(id, String(body["name"]));
    return ok({ id, name: body["name"], type: "branch" });
  },
  [`delete ${ENVIRONMENT}/deployment-branch-policies/{branch_policy_id}`]: (repository, { values }) => {
    repository
      .environment(at(values, "environment_name"))
      .policies.delete(Number(values["branch_policy_id"]));
    return EMPTY;
  },

  [`get ${ENVIRONMENT}/secrets/public-key`]: (repository, { values }) =>
    ok(repository.environment(at(values, "environment_name")).publicKey),
  [`get ${ENVIRONMENT}/secrets/{secret_name}`]: (repository, { values }) => {
    const name = at(values, "secret_name");
    const secret = repository.environment(at(values, "environment_name")).secrets.get(name);
    if (!secret) throw new Refusal(404, "Not Found");
    return ok({ name, created_at: secret.createdAt, updated_at: secret.updatedAt });
  },
  [`put ${ENVIRONMENT}/secrets/{secret_name}`]: (repository, { values, body }) => {
    const environment = repository.environment(at(values, "environment_name"));
    if (body["key_id"] !== environment.publicKey.key_id) throw new Refusal(422, "the key is another by now");
    const isNew = environment.keep("secrets", at(values, "secret_name"), String(body["encrypted_value"]));
    return isNew ? ok({}, 201) : EMPTY;
  },
  [`delete ${ENVIRONMENT}/secrets/{secret_name}`]: (repository, { values }) => {
    repository.environment(at(values, "environment_name")).secrets.delete(at(values, "secret_name"));
    return EMPTY;
  },

  [`post ${ENVIRONMENT}/variables`]: (repository, { values, body }) => {
    const environment = repository.environment(at(values, "environment_name"));
    const name = String(body["name"]);
    if (environment.variables.has(name)) throw new Refusal(409, "Already exists");
    environment.keep("variables", name, String(body["value"]));
    return ok({}, 201);
  },
  [`get ${ENVIRONMENT}/variables/{name}`]: (repository, { values }) => {
    const name = at(values, "name");
    const variable = repository.environment(at(values, "environment_name")).variables.get(name);
    if (!variable) throw new Refusal(404, "Not Found");
    const { value, createdAt, updatedAt } = variable;
    return ok({ name, value, created_at: createdAt, updated_at: updatedAt });
  },
  [`patch ${ENVIRONMENT}/variables/{name}`]: (repository, { values, body }) => {
    const environment = repository.environment(at(values, "environment_name"));
    environment.keep("variables", at(values, "name"), String(body["value"]));
    return EMPTY;
  },
  [`delete ${ENVIRONMENT}/variables/{name}`]: (repository, { values }) => {
    repository.environment(at(values, "environment_name")).variables.delete(at(values, "name"));
    return EMPTY;
  },

  [`get ${REPO}/contents/{path}`]: (repository, { values, query }) => {
    const [path, ref] = [at(values, "path"), query.get("ref") ?? repository.defaultBranch];
    const bytes = repository.branch(ref).head.files.get(path);
    if (!bytes) throw new Refusal(404, "Not Found");
    return ok({
      ...repository.describeFile(path, ref, bytes),
      encoding: "base64",
      content: bytes.toString("base64"),
    });
  },
  [`put ${REPO}/contents/{path}`]: (repository, { values, body }) => {
    const path = at(values, "path");
    const ref = textOf(body["branch"]) ?? repository.defaultBranch;
    const bytes = Buffer.from(String(body["content"]), "base64");
    const branch = repository.branch(ref);
    const { commit, made } = branch.put(path, bytes, String(body["message"]), textOf(body["sha"]));
    return ok(
      { content: repository.describeFile(path, ref, bytes), commit: describeCommit(commit) },
      made ? 201 : 200,
    );
  },
  [`delete ${REPO}/contents/{path}`]: (repository, { values, body }) => {
    const branch = repository.branch(textOf(body["branch"]) ?? repository.defaultBranch);
    const commit = branch.remove(at(values, "path"), String(body["message"]), String(body["sha"]));
    return ok({ content: null, commit: describeCommit(commit) });
  },
  [`get ${REPO}/commits/{ref}`]: (repository, { values }) => {
    const commit = repository.commit(at(values, "ref"));
    return ok({ sha: commit.sha, commit: describeCommit(commit), parents: [], files: [] });
  },

  "get /users/{username}": (repository, { values }) => ok(repository.user(at(values, "username"))),
  "get /users/{username}/keys": () => ok([]),
  "get /users/{username}/gpg_keys": () => ok([]),
  "get /orgs/{org}": () => {
    throw new Refusal(404, "Not Found");
  },
};

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function describeCommit({ sha, message }: Commit): object {
  const author = { name: "octocat", email: "octocat@example.org", date: "2026-01-01T00:00:00Z" };
  return { sha, message, author, committer: author };
}

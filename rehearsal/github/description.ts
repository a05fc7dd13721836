import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";

/** One operation of GitHub's API, from its published OpenAPI description (openapi.json says which version). */
export interface Operation {
  /** As the description writes it: `/repos/{owner}/{repo}`. */
  readonly path: string;
  /** Lower case. */
  readonly method: string;
  readonly parameters: readonly Parameter[];
  /** Statuses that it may answer with. */
  readonly statuses: readonly number[];
  /** Schema of the request's body. @default it has none */
  readonly body?: object;
  /** Schemas of answers, by status, as far as they are checked. @default none */
  readonly answers?: Readonly<Record<string, object>>;
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: object;
}

/** A request that the description knows. */
export interface Match {
  readonly operation: Operation;
  /** Parts of the path by name, decoded. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * What Terraform's provider sends and GitHub takes, though the description doesn't have it: by operation, keys of the
 * body.
 */
const UNDESCRIBED: Readonly<Record<string, readonly string[]>> = {
  "put /repos/{owner}/{repo}/environments/{environment_name}": ["can_admins_bypass"],
};

/** GitHub's description of its own API: what a request may be, and what an answer must be. */
export class ApiDescription {
  private readonly operations: readonly { readonly operation: Operation; readonly pattern: RegExp }[];
  private readonly ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
  private readonly validators = new Map<object, ValidateFunction>();

  /** @param root the program's own folder, which holds `rehearsal/`; absolute */
  public constructor(root: string) {
    const { paths } = JSON.parse(readFileSync(join(root, "rehearsal", "github", "openapi.json"), "utf8")) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, "path" | "method">>>>>;
    };
    this.operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        operation: { ...operation, path, method },
        pattern: patternOf(path),
      })),
    );
  }

  /** @returns undefined when the description has no such operation */
  public match(method: string, path: string): Match | undefined {
    for (const { operation, pattern } of this.operations) {
      const found = operation.method === method.toLowerCase() && pattern.exec(path);
      if (!found) continue;
      const values = Object.entries(found.groups ?? {}).map(([name, text]) => [
        name,
        decodeURIComponent(text),
      ]);
      return { operation, values: Object.fromEntries(values) as Record<string, string> };
    }
    return undefined;
  }

  /** What the description has against a request; empty: nothing. */
  public requestProblems({ operation }: Match, query: URLSearchParams, body: unknown): string[] {
    const known = operation.parameters
      .filter((parameter) => parameter.in === "query")
      .map(({ name }) => name);
    const found = [...query.keys()]
      .filter((name) => !known.includes(name))
      .map((name) => `unknown query ${name}`);
    if (operation.body === undefined)
      return body === undefined ? found : [...found, "a body where there is none"];
    const left = UNDESCRIBED[`${operation.method} ${operation.path}`] ?? [];
    const described = Object.entries(body ?? {}).filter(([name]) => !left.includes(name));
    return [
      ...found,
      ...this.against(operation.body, body === undefined ? null : Object.fromEntries(described)),
    ];
  }

  /** What the description has against an answer of the fake itself. */
  public answerProblems({ operation }: Match, status: number, body: unknown): string[] {
    if (status === 401 || status === 403) return [];
    // That something isn't there goes without saying in the description.
    if (!operation.statuses.includes(status) && status !== 404) return [`an unknown status ${status}`];
    const schema = operation.answers?.[String(status)];
    return schema === undefined ? [] : this.against(schema, body);
  }

  private against(schema: object, value: unknown): string[] {
    const validate = this.validators.get(schema) ?? this.ajv.compile(schema);
    this.validators.set(schema, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath || "the body"} ${message ?? ""}`,
    );
  }
}

/** `{path}` of contents and `{ref}` may hold slashes, the others none. */
function patternOf(path: string): RegExp {
  const text = path.replace(/[.*+?^$|()[\]\\]/g, "\\$&");
  const pattern = text.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === "path" || name === "ref" ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
  );
  return new RegExp(`^${pattern}$`);
}

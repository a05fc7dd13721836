import type { PythonModule } from "../python/module";
import type { Token } from "../python/tokens";

/** A path that tells whether the application works. */
export interface HealthPath {
  readonly path: string;
  /** A health endpoint of the project, or, where nothing is at `/`, the login page of Django's admin. */
  readonly kind: "health endpoint" | "admin login";
}

const HEALTH =
  /^(api\/|_+)?(health|healthz|healthcheck|health[-_]check|livez?|readyz?|heartbeat|__heartbeat__|ht)\/?$/;

/**
 * Guesses the health path from the project's main URLconf. Undefined where `/` is the better question: the front page
 * is what visitors see, and a page of the admin says nothing of it.
 */
export function healthPathOf(urls: PythonModule): HealthPath | undefined {
  const routes = urls.statements.flatMap(({ tokens }) => routesOf(tokens));
  const health = routes.find(({ route }) => HEALTH.test(route));
  if (health !== undefined) return { path: `/${health.route}`, kind: "health endpoint" };
  if (routes.some(({ route }) => route === "")) return undefined;
  const admin = routes.find(({ isAdmin }) => isAdmin);
  return admin && { path: `/${admin.route.replace(/\/?$/, "/")}login/`, kind: "admin login" };
}

interface Route {
  readonly route: string;
  readonly isAdmin: boolean;
}

/** `path("admin/", admin.site.urls)`, also as `re_path(r"^admin/", …)` and the old `url(…)`. */
function routesOf(tokens: readonly Token[]): Route[] {
  const found: Route[] = [];
  for (const [index, token] of tokens.entries()) {
    if (
      token.kind !== "string" ||
      tokens[index - 1]?.text !== "(" ||
      !/^(path|re_path|url)$/.test(tokens[index - 2]?.text ?? "")
    )
      continue;
    const route = token.text
      .replace(/^\^/, "")
      .replace(/\/?\$$/, "/")
      .replace(/^\//, "");
    // Converters and regular expressions stand for many paths.
    if (!/^[\w./-]*$/.test(route)) continue;
    const target = tokens
      .slice(index + 2, index + 7)
      .map(({ text }) => text)
      .join("");
    found.push({ route, isAdmin: target.startsWith("admin.site.urls") });
  }
  return found;
}

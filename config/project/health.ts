import type { PythonModule } from "../python/module";
import { nestingOf } from "../python/tokens";
import type { Statement, Token } from "../python/tokens";

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
  if (routes.some(({ route }) => route === "") || urls.statements.some(takesOthers)) return undefined;
  const admin = routes.find(({ isAdmin }) => isAdmin);
  return admin && { path: `/${admin.route.replace(/\/?$/, "/")}login/`, kind: "admin login" };
}

interface Route {
  readonly route: string;
  readonly isAdmin: boolean;
}

/**
 * `path("admin/", admin.site.urls)`, also as `re_path(r"^admin/", …)` and the old `url(…)`. A route that can't be read,
 * or whose regular expression fits the front page, counts as that.
 */
function routesOf(tokens: readonly Token[]): Route[] {
  const found: Route[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "name" || !/^(path|re_path|url)$/.test(token.text)) continue;
    if (tokens[index + 1]?.text !== "(" || tokens[index - 1]?.text === "def") continue;
    const at = index + (tokens[index + 3]?.text === "=" ? 4 : 2);
    const first = tokens[at];
    if (first?.kind !== "string" || tokens[at + 1]?.text !== "," || first.prefix?.includes("f")) {
      found.push({ route: "", isAdmin: false });
      continue;
    }
    const route = first.text
      .replace(/^\^/, "")
      .replace(/\/?\$$/, "/")
      .replace(/^\//, "");
    const target = tokens
      .slice(at + 2, at + 9)
      .map(({ text }) => text)
      .join("")
      .replace(/^view=/, "");
    const isPlain = /^[\w./-]*$/.test(route);
    if (isPlain) found.push({ route, isAdmin: target.startsWith("admin.site.urls") });
    // Converters stand for at least one letter, regular expressions for anything.
    else if (token.text !== "path" && fitsFrontPage(first.text)) found.push({ route: "", isAdmin: false });
  }
  return found;
}

/** What may stand in `urlpatterns = … + …` beside lists, and adds no front page. */
const PLAIN =
  /^(urlpatterns|static|staticfiles_urlpatterns|i18n_patterns|append|if|else|not|settings|DEBUG)$/;

/** Whether a statement takes routes from elsewhere, `urlpatterns += router.urls`: one of them may be the front page. */
function takesOthers({ tokens }: Statement): boolean {
  if (tokens[0]?.text !== "urlpatterns") return false;
  let depth = 0;
  return tokens.some((token, index) => {
    depth += nestingOf(token);
    const isSpread = token.text === "*" && token.kind === "operator" && tokens[index + 1]?.kind === "name";
    return isSpread || (depth === 0 && token.kind === "name" && !PLAIN.test(token.text));
  });
}

/** Whether a regular expression of Python fits the empty path; one that JavaScript can't read may. */
function fitsFrontPage(expression: string): boolean {
  try {
    // Django looks from the path's beginning on.
    return new RegExp(`^(?:${expression.replaceAll("(?P<", "(?<")})`).test("");
  } catch {
    return true;
  }
}

import type { DatabaseFacts } from "./database";
import type { ProjectFacts } from "./facts";
import type { Switch } from "./production/switch";

/**
 * Why a project's settings can't be run in production as they are, in words for the user; empty
 * when they can. With the overlay (`project.overlay`) each reason disappears without a change to
 * the project's code.
 */
export function reasonsForOverlay(facts: ProjectFacts): string[] {
  const reasons: string[] = [];
  if (facts.productionSettings === undefined) return reasons;
  if (!takesOurDatabase(facts.database)) {
    const engines = facts.database.engines.join(", ");
    reasons.push(
      engines === ""
        ? "the database settings can't be read from the text"
        : `the database is ${engines}, and no environment variable changes that`,
    );
  }
  const { debug, sslRedirect } = facts;
  if (debug.on === true && debug.off === undefined) reasons.push(`DEBUG is True${because(debug)}`);
  const { hosts, variable } = facts.allowedHosts;
  if (variable === undefined && hosts?.includes("*") === false) {
    reasons.push(hosts.length === 0 ? "ALLOWED_HOSTS is empty" : `ALLOWED_HOSTS is ${hosts.join(", ")}`);
  }
  if (sslRedirect.on === true && sslVariable(facts) === undefined) {
    reasons.push(`SECURE_SSL_REDIRECT is True${because(sslRedirect)}, and there is no certificate`);
  }
  if (facts.staticRoot === undefined) reasons.push("STATIC_ROOT is not set");
  return reasons;
}

/** What the user has written himself, and may not know any more. */
function because({ by }: Switch): string {
  return by === undefined ? "" : ` with ${by.variable}: ${JSON.stringify(by.value)} in project.environment`;
}

/** The variable that turns DEBUG off without changing what is none of its business; undefined when there is none. */
export function debugVariable({ debug }: ProjectFacts): Switch["off"] {
  return /debug/i.test(debug.off?.variable ?? "") ? debug.off : undefined;
}

/** The same for the redirect to https. */
export function sslVariable({ sslRedirect }: ProjectFacts): Switch["off"] {
  return /ssl|https|tls|secure|redirect/i.test(sslRedirect.off?.variable ?? "") ? sslRedirect.off : undefined;
}

/** A URL decides the engine too; single variables need an engine that fits, or one that can be set. */
function takesOurDatabase({ engines, variables, urlVariable }: DatabaseFacts): boolean {
  if (urlVariable !== undefined) return true;
  const parts = ["NAME", "USER", "PASSWORD", "HOST"] as const;
  const fits = engines.some((engine) => engine.includes("mysql")) || variables.ENGINE !== undefined;
  return fits && parts.every((part) => variables[part] !== undefined);
}

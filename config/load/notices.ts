import type { Deployment } from "../deployment";
import type { ProjectFacts } from "../project";
import { reasonsForOverlay } from "../project/overlay";

/** What a user should know of the project and need not mend; a sentence each. */
export function noticesOf({ project, local }: Deployment, facts: ProjectFacts): string[] {
  return [...overlayNotice(project, facts), ...(local.profile === "production" ? cookieNotice(facts) : [])];
}

/** Settings of ours that nobody has asked for must not be found by chance. */
function overlayNotice({ overlay, settings }: Deployment["project"], facts: ProjectFacts): string[] {
  const reasons = reasonsForOverlay(facts);
  if (!overlay || reasons.length === 0) return [];
  return [
    `settings of ours are laid over ${settings}, because ${reasons.join("; ")}. They set DATABASES, DEBUG, ALLOWED_HOSTS, SECRET_KEY and the static and media folders, turn SECURE_SSL_REDIRECT off, and log to the console where LOGGING is not set; all else stays as it is. To be rid of them, have the settings read these from the environment (docs/own-project.md), or write overlay: false into project`,
  ];
}

function cookieNotice({ secureCookies }: ProjectFacts): string[] {
  if (secureCookies.length === 0) return [];
  const are = secureCookies.length > 1 ? "are" : "is";
  return [
    `${secureCookies.join(" and ")} ${are} True, and there is no https yet: browsers send no such cookie over plain http, so that nobody can log in (at http://localhost some browsers do). Until there is a certificate, set ${secureCookies.length > 1 ? "them" : "it"} to False`,
  ];
}

import { type Application, LABEL } from "../application";
import type { Service } from "../service";

/** Labels of a service's container, the same in every rendering. */
export function labelsOf(
  application: Pick<Application, "name">,
  { configured, kind, role, revisions }: Service,
): Record<string, string> {
  return {
    [LABEL.name]: application.name,
    [LABEL.role]: role,
    ...((configured === true || kind === "job") && { [LABEL.kind]: kind }),
    ...Object.fromEntries(
      Object.entries(revisions).map(([name, hash]) => [`${LABEL.revision}.${name}`, hash]),
    ),
  };
}

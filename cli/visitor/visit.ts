import { type Answer, askPage } from "./request";

/** What a visitor of a page ends at, redirects followed. */
export interface Visit {
  /** The path that was asked for. */
  readonly path: string;
  /** Status of the last answer; undefined when nothing answered. */
  readonly status?: number;
  /** The path of the last answer, when redirects led to another one. */
  readonly end?: string;
  /** Address on the same host over https, to which it redirects: nobody answers there. */
  readonly https?: string;
}

/** The pages of one application as visitors ask for them, each with its path. */
export type Visits = readonly Visit[];

export interface VisitProps {
  /** Address of the application on this computer. */
  readonly origin: string;
  /** The host name that the visitor asks for. */
  readonly host: string;
  /** Milliseconds for one answer. @default 10000 */
  readonly timeout?: number;
}

/** As many as browsers follow is twenty; a site that needs more than ten is broken. */
const MOST_REDIRECTS = 10;

/** Visits a page: follows redirects on the same host, and keeps cookies meanwhile. */
export async function visit(path: string, { origin, host, timeout = 10_000 }: VisitProps): Promise<Visit> {
  const cookies = new Map<string, string>();
  const visited = (answer: Answer | undefined, url: URL, https?: string): Visit => {
    const end = url.pathname + url.search;
    return { path, status: answer?.status, ...(end !== path && { end }), ...(https && { https }) };
  };
  let url = new URL(path, origin);
  for (let redirect = 0; ; redirect++) {
    const answer = await askPage({ url, host, cookies: [...cookies.values()], timeout });
    for (const cookie of answer?.cookies ?? []) cookies.set(cookie.split("=")[0] ?? "", cookie);
    const next = answer && nextUrl(answer, url, { origin, host });
    if (next?.protocol === "https:") return visited(answer, url, next.href);
    if (next === undefined || redirect === MOST_REDIRECTS) return visited(answer, url);
    url = next;
  }
}

/** Where an answer sends the visitor on the same host; undefined when it is the end, or leads to another site. */
function nextUrl(
  { status, location }: Answer,
  asked: URL,
  { origin, host }: Pick<VisitProps, "origin" | "host">,
): URL | undefined {
  if (location === undefined || status < 300 || status > 399) return undefined;
  const base = new URL(asked.pathname + asked.search, `http://${host}`);
  if (!URL.canParse(location, base.href)) return undefined;
  const target = new URL(location, base);
  const ours = [base.hostname, new URL(origin).hostname];
  if (!ours.includes(target.hostname)) return undefined;
  return target.protocol === "https:" ? target : new URL(target.pathname + target.search, origin);
}

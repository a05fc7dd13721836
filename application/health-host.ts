/**
 * A host name that Django and nginx accept, for whoever asks the application how it is.
 *
 * @param allowedHosts `project.allowedHosts`; the first one counts
 * @param fallback stands for "any host", and for none
 */
export function healthHost([host = "*"]: readonly string[], fallback = "localhost"): string {
  if (host === "*") return fallback;
  return host.startsWith(".") ? `www${host}` : host;
}

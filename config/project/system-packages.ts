import type { Requirement } from "./requirements";

/** Debian packages that Python packages need where they bring no wheel. */
export interface SystemPackages {
  /** Needed to build. */
  readonly build: readonly string[];
  /** Needed to run. */
  readonly run: readonly string[];
}

/**
 * Packages from PyPI that are compiled against, or load, a library of the system. Only what is
 * known to fail without it; mysqlclient is not here, the image has what it needs.
 */
const KNOWN: ReadonlyMap<string, SystemPackages> = new Map([
  ["psycopg2", { build: ["libpq-dev"], run: ["libpq5"] }],
  ["psycopg-c", { build: ["libpq-dev"], run: ["libpq5"] }],
  ["psycopg", { build: [], run: ["libpq5"] }],
  ["pycurl", { build: ["libcurl4-openssl-dev", "libssl-dev"], run: ["libcurl4"] }],
  ["python-ldap", { build: ["libldap2-dev", "libsasl2-dev"], run: ["libldap2"] }],
  ["django-auth-ldap", { build: ["libldap2-dev", "libsasl2-dev"], run: ["libldap2"] }],
  ["python-magic", { build: [], run: ["libmagic1"] }],
  ["weasyprint", { build: [], run: ["libpango-1.0-0", "libpangoft2-1.0-0"] }],
  ["cairosvg", { build: [], run: ["libcairo2"] }],
  ["xmlsec", { build: ["libxmlsec1-dev"], run: ["libxmlsec1-openssl"] }],
]);

/** The Debian packages for what a project installs, each once, sorted. */
export function systemPackagesFor(packages: ReadonlyMap<string, Requirement>): SystemPackages {
  const needed = [...packages].flatMap(([name, { extras }]) => {
    // psycopg[binary] brings its own library.
    if (name === "psycopg" && (extras.includes("binary") || packages.has("psycopg-binary"))) return [];
    return KNOWN.get(name) ?? [];
  });
  const unique = (names: string[]): string[] => [...new Set(names)].sort();
  return {
    build: unique(needed.flatMap(({ build }) => build)),
    run: unique(needed.flatMap(({ run }) => run)),
  };
}

import type { DatabaseFacts } from "./database";
import type { EnvironmentVariable } from "../python/environment-variables";
import type { HealthPath } from "./health";
import type { NamedEngine } from "./production/engine";
import type { PostgresqlUse } from "./production/postgresql";
import type { Switch } from "./production/switch";
import type { PythonVersion } from "./python-version";
import type { SettingsModule, Unimportable } from "./settings";
import type { SystemPackages } from "./system-packages";
import type { ProjectTests } from "./tests";

/** What a project's files say about it, without running them. All paths have forward slashes. */
export interface ProjectFacts {
  /** `manage.py`, below the project's folder; when it is not on top, the only one further down. */
  readonly managePy?: string;
  /** All files named manage.py, the shallowest first: more than one needs a decision. */
  readonly managePyFiles: readonly string[];
  /** Where Python imports from: the folder of manage.py, below the project's folder. */
  readonly pythonRoot: string;

  /** The modules that Django could be started with, sorted by name. */
  readonly settingsModules: readonly SettingsModule[];
  /**
   * Settings files that can't be imported: a dot in a name. A hyphen is none: Django and gunicorn
   * import by `importlib`, for which it is a letter like any other.
   */
  readonly unimportable: readonly Unimportable[];
  /** The module for production, for example `config.settings.prod`. */
  readonly productionSettings?: string;
  /** The module for development. */
  readonly developmentSettings?: string;
  /** The WSGI callable as gunicorn takes it, for example `config.wsgi:application`. */
  readonly wsgi?: string;

  /** The requirements file for production, below the project's folder. */
  readonly requirements?: string;
  /** That file and all that it includes. */
  readonly requirementsFiles: readonly string[];
  /** What it asks for Django, for example `==5.2.19`; undefined when it doesn't name Django. */
  readonly django?: string;
  /** The Debian packages that its requirements are known to need. */
  readonly systemPackages: SystemPackages;
  /** Files with requirements that pip's `-r` can't read, for example `uv.lock`. */
  readonly otherRequirements: readonly string[];
  /** The Python version that it asks for. */
  readonly pythonVersion?: PythonVersion;

  /** Absolute path in the container; undefined when it isn't set, or not known. */
  readonly staticRoot?: string;
  /** For example `/static/`. */
  readonly staticUrl?: string;
  /** Absolute path in the container. */
  readonly mediaRoot?: string;
  /** For example `/media/`. */
  readonly mediaUrl?: string;
  /** `LOGIN_URL`, when it is a path: `/members/enter/`. */
  readonly loginPath?: string;

  /** How the settings for production come by their database. */
  readonly database: DatabaseFacts;
  /** The engine of another database server, when the settings know no other way. */
  readonly foreignEngine?: NamedEngine;
  /** Where the project needs PostgreSQL, whatever its engine is. */
  readonly postgresqlUses: readonly PostgresqlUse[];
  /** The file of sqlite that the settings name, below the project's folder. */
  readonly sqliteFile?: string;
  /** Whether they read DATABASE_NAME, _USER, _PASSWORD and _HOST. */
  readonly readsDatabaseEnvironment: boolean;
  /** Whether they read DATABASE_URL. */
  readonly readsDatabaseUrl: boolean;
  /** What the settings for production read from the environment. */
  readonly environmentVariables: readonly EnvironmentVariable[];
  /** DEBUG in production, whose pages show settings and code to everybody. */
  readonly debug: Switch;
  /** The variable that SECRET_KEY is read from. */
  readonly secretKeyVariable?: string;
  /** Constant hosts of ALLOWED_HOSTS, and the variable that it is read from. */
  readonly allowedHosts: AllowedHosts;
  /** SECURE_SSL_REDIRECT in production, with DEBUG off: whether plain http is redirected. */
  readonly sslRedirect: Switch;
  /** The settings that are on and have browsers send a cookie over https alone. */
  readonly secureCookies: readonly string[];

  /** How its tests are run; undefined: it has none (`def test…` in `tests.py`, `test_*.py`, `*_test.py` or below `tests`). */
  readonly tests?: ProjectTests;

  /** A path for the health check. */
  readonly healthPathGuess?: HealthPath;
}

/** Where ALLOWED_HOSTS comes from. */
export interface AllowedHosts {
  /** Constant hosts, or the default of the variable; undefined when they can't be read from the text. */
  readonly hosts?: readonly string[];
  readonly variable?: string;
  /** What separates hosts in the variable. */
  readonly separator?: string;
}

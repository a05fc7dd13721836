/** The process's environment, read here and nowhere else. Synth reads none of it; only commands do. */
export interface Environment {
  /** Address of the Docker engine, when it isn't the default (`DOCKER_HOST`). */
  readonly dockerHost?: string;
  /** Terraform's CLI configuration that the user brought (`TF_CLI_CONFIG_FILE`). */
  readonly terraformConfig?: string;
  /** Token of GitHub (`GITHUB_TOKEN`, or `GH_TOKEN`); it is put into no file. */
  readonly githubToken?: string;
  /** Address of GitHub's API, when it isn't the default (`GITHUB_API_URL`). */
  readonly githubApi?: string;
  /** Report what is missing instead of installing it (`NO_INSTALL=1`). @default false */
  readonly noInstall: boolean;
  /** A continuous integration run: plain output, no questions (`CI`). @default false */
  readonly ci: boolean;
}

/** @param env the environment to read; tests pass their own */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const set = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  return {
    dockerHost: set("DOCKER_HOST"),
    terraformConfig: set("TF_CLI_CONFIG_FILE"),
    githubToken: set("GITHUB_TOKEN") ?? set("GH_TOKEN"),
    githubApi: set("GITHUB_API_URL"),
    noInstall: set("NO_INSTALL") === "1",
    ci: set("CI") !== undefined,
  };
}

/** What a program on another machine would have of ours: where programs and the network are, and nothing else. */
const MACHINE_VARIABLES = [
  ...["PATH", "LANG", "TZ", "DOCKER_HOST", "DOCKER_CONFIG", "PIP_INDEX_URL", "PIP_CERT"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"],
  ...["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"],
] as const;

/** An environment that starts anew, for what plays another machine. */
export function machineEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return Object.fromEntries(
    MACHINE_VARIABLES.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The environment for a child process: ours, with additions. */
export function childEnvironment(additions: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...additions };
}

/** What runs side by side, and what has the machine for itself, is in tools/test. */
const common = {
  testEnvironment: "node",
  transform: {
    "^.+\\.(t|j|mj)s$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
  },
  testPathIgnorePatterns: ["/node_modules/", "/cdktf.out/", "/.deployment/"],
  modulePathIgnorePatterns: ["/cdktf.out/", "/.deployment/"],
  moduleNameMapper: {
    // They name their entries for "import" alone.
    "^@actions/expressions$": "<rootDir>/node_modules/@actions/expressions/dist/index.js",
    "^unicorn-magic$": "<rootDir>/node_modules/unicorn-magic/node.js",
    // cdktf notes for each token where it was made. Under jest this takes longer than the synthesis itself.
    "^\\.(/tokens)?(/private)?/stack-trace$": "<rootDir>/__tests__/support/no-stack-trace.ts",
  },
  // Packages that ship as ES modules only.
  transformIgnorePatterns: [
    "/node_modules/(?!(@actions|@octokit|@sec-ant|universal-user-agent|json-with-bigint|content-type|execa|@sindresorhus|figures|get-stream|human-signals|is-plain-obj|is-stream|is-unicode-supported|npm-run-path|parse-ms|path-key|pretty-ms|shebang-.*|signal-exit|strip-final-newline|unicorn-magic|yoctocolors|listr2|eventemitter3|log-update|rfdc|wrap-ansi|cli-truncate|colorette|slice-ansi|string-width|strip-ansi|ansi-.*|get-east-asian-width|is-fullwidth-code-point|mimic-function|onetime|restore-cursor|cli-cursor|environment)/)",
  ],
};

/** What kills at a moment that it has chosen, or promises a time: a busy machine would decide on both. */
const LOAD = "/(releases|crashes|host-releases|faults/(local|power))\\.e2e\\.test\\.ts$";

/** What needs a machine of its own, or long: only "make faults" (the faults) and "make test-long" run it. */
const FAULTS = "/(faults/(nested|host|takeover-host|aws)|(host-)?migrations)\\.e2e\\.test\\.ts$";

/** What needs Terraform's providers for AWS and GitHub and their fakes, and no Docker engine. */
const CLOUD =
  "/(deploy|e2e/host|host-state|host-apply|host-checkov|pipeline-apply|stale-rules)\\.e2e\\.test\\.ts$";

module.exports = {
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: [
        ...common.testPathIgnorePatterns,
        "\\.docker\\.test\\.ts$",
        "\\.e2e\\.test\\.ts$",
        "\\.slow\\.test\\.ts$",
      ],
    },
    {
      // Node and Python only, as above, but they wait: for a soak, for a time limit.
      ...common,
      displayName: "slow",
      testMatch: ["<rootDir>/__tests__/**/*.slow.test.ts"],
    },
    {
      ...common,
      displayName: "docker",
      setupFilesAfterEnv: ["<rootDir>/__tests__/support/patience.ts"],
      testMatch: ["<rootDir>/__tests__/**/*.docker.test.ts"],
    },
    {
      ...common,
      displayName: "e2e",
      setupFilesAfterEnv: ["<rootDir>/__tests__/support/patience.ts"],
      testMatch: ["<rootDir>/__tests__/**/*.e2e.test.ts"],
      testPathIgnorePatterns: [...common.testPathIgnorePatterns, CLOUD, LOAD, FAULTS],
    },
    {
      ...common,
      displayName: "load",
      setupFilesAfterEnv: ["<rootDir>/__tests__/support/patience.ts"],
      testRegex: [LOAD],
    },
    {
      ...common,
      displayName: "cloud",
      setupFilesAfterEnv: ["<rootDir>/__tests__/support/patience.ts"],
      testRegex: [CLOUD],
    },
    {
      ...common,
      displayName: "faults",
      setupFilesAfterEnv: ["<rootDir>/__tests__/support/patience.ts"],
      testRegex: [FAULTS],
    },
  ],
};

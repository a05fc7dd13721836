import tseslint from "typescript-eslint";

/** Only deep imports: one barrel import of a provider costs seconds and gigabytes (docs/architecture.md). */
const deepImportsOnly = {
  patterns: [
    {
      regex: "^@cdktf/provider-[^/]+$",
      message: "Import the one resource: @cdktf/provider-x/lib/resource. The barrel costs seconds.",
    },
    { regex: "^@cdktf/provider-[^/]+/lib$", message: "Import the one resource, not the barrel." },
    { regex: "^cdktf/lib", message: 'Private path of cdktf: import from "cdktf".' },
  ],
};

export default tseslint.config(
  { ignores: ["node_modules/", "cdktf.out/", ".deployment/", "examples/", "jest.config.js"] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.mjs", "tools/*.mjs", "tools/lib/*.mjs", "bench/*.mjs"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "no-restricted-imports": ["error", deepImportsOnly],
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "Read the environment in config/environment.ts only.",
        },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/prefer-nullish-coalescing": "error",
    },
  },
  { files: ["config/environment.ts", "__tests__/**"], rules: { "no-restricted-properties": "off" } },
  {
    // CDK constructs are made for their effect on the tree.
    files: ["constructs/**", "stacks/**", "main.ts", "__tests__/**"],
    rules: { "@typescript-eslint/no-unused-expressions": "off", "no-new": "off" },
  },
  { files: ["**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ["**/*.mjs"],
    rules: { "no-restricted-properties": "off", "@typescript-eslint/explicit-module-boundary-types": "off" },
  },
);

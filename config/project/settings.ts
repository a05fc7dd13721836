import { posix } from "node:path";

import type { PythonModule, PythonModules } from "../python/module";
import { statementsOf } from "../python/tokens";
import type { Token } from "../python/tokens";
import type { ProjectTree } from "../tree/tree";

/** What a settings module is for, judged by its name. */
export type SettingsKind = "production" | "development" | "test" | "base" | "other";

/** A module that Django could be started with. */
export interface SettingsModule {
  /** Dotted name for DJANGO_SETTINGS_MODULE. */
  readonly module: string;
  /** Its file, below the project's folder. */
  readonly file: string;
  readonly kind: SettingsKind;
}

/** A settings file that Python can't import under any name. */
export interface Unimportable {
  readonly file: string;
  /** The folder or file name that is in the way. */
  readonly reason: string;
}

/** All settings of a project, and those to use. */
export interface SettingsFacts {
  readonly modules: readonly SettingsModule[];
  readonly unimportable: readonly Unimportable[];
  readonly production?: PythonModule;
  readonly development?: PythonModule;
}

const WORDS: Record<Exclude<SettingsKind, "other">, RegExp> = {
  test: /^(test|tests|testing|ci|pytest)$/,
  production: /^(prod|production|live|deploy|deployment|release)$/,
  development: /^(dev|devel|develop|development|local|localhost)$/,
  base: /^(base|common|default|defaults|global|shared)$/,
};

/** Finds the settings modules and chooses those for production and for development. */
export function settingsOf(tree: ProjectTree, modules: PythonModules, pythonRoot: string): SettingsFacts {
  const byDefault = settingsModuleIn(tree, posix.join(pythonRoot, "manage.py"));
  const byWsgi = tree.pythonFiles
    .filter((file) => /(^|\/)wsgi\.py$/.test(file))
    .map((file) => settingsModuleIn(tree, file));
  const named = [byDefault, ...byWsgi].filter((name) => name !== undefined);
  const folders = new Set(named.map((name) => folderOf(name, pythonRoot)));

  const found: SettingsModule[] = [];
  const unimportable: Unimportable[] = [];
  for (const file of tree.pythonFiles) {
    if (!isCandidate(file, folders)) continue;
    const relative = posix.relative(pythonRoot, file);
    if (relative.startsWith("..")) continue;
    const dotted = relative
      .replace(/\.py$/, "")
      .split("/")
      .find((part) => part.includes("."));
    if (dotted !== undefined) unimportable.push({ file, reason: dotted });
    else {
      const name = relative.replace(/(\/__init__)?\.py$/, "").replaceAll("/", ".");
      const module = modules.read(name);
      if (module !== undefined && isComplete(module)) found.push({ module: name, file, kind: kindOf(name) });
    }
  }
  found.sort((a, b) => (a.module < b.module ? -1 : 1));
  const production = chooseProduction(found, byDefault, named);
  const development = chooseDevelopment(found, byDefault) ?? production;
  return {
    modules: found,
    unimportable,
    production: production && modules.read(production.module),
    development: development && modules.read(development.module),
  };
}

/** `settings.py`, `settings/*.py`, `prod_settings.py`, and what lies beside the settings that manage.py names. */
function isCandidate(file: string, folders: ReadonlySet<string>): boolean {
  const name = posix.basename(file, ".py");
  if (/^(manage|urls|wsgi|asgi|celery|conftest|apps|models|views|admin)$/.test(name)) return false;
  const inTests = /(^|\/)tests?\//.test(file);
  return (
    !inTests &&
    (posix.basename(posix.dirname(file)).includes("settings") ||
      /(^|[_-])settings([_-]|$)/.test(name) ||
      folders.has(posix.dirname(file)))
  );
}

/** Fragments that other settings include know neither the URLs nor the applications. */
function isComplete(module: PythonModule): boolean {
  return (
    module.names.has("INSTALLED_APPS") && (module.names.has("ROOT_URLCONF") || module.names.has("MIDDLEWARE"))
  );
}

function kindOf(module: string): SettingsKind {
  const words = (module.split(".").at(-1) ?? "").toLowerCase().split(/[_-]/);
  for (const kind of ["test", "production", "development", "base"] as const) {
    if (words.some((word) => WORDS[kind].test(word))) return kind;
  }
  return "other";
}

/**
 * A module named for production beats the default of manage.py, which is for developers. Of several
 * the one beside the default wins, then what a wsgi.py names, then the default, then what is left.
 */
function chooseProduction(
  found: readonly SettingsModule[],
  byDefault: string | undefined,
  named: readonly string[],
): SettingsModule | undefined {
  const production = found.filter(({ kind }) => kind === "production");
  const beside = production.find(({ module }) => packageOf(module) === packageOf(byDefault ?? ""));
  const inside = production.find(({ module }) => packageOf(module) === byDefault);
  const last = [...named]
    .reverse()
    .flatMap((name) => found.filter(({ module, kind }) => module === name && kind !== "test"));
  return (
    beside ??
    inside ??
    production[0] ??
    last.find(({ kind }) => kind !== "development") ??
    last[0] ??
    leftOver(found)
  );
}

function chooseDevelopment(
  found: readonly SettingsModule[],
  byDefault: string | undefined,
): SettingsModule | undefined {
  const development = found.filter(({ kind }) => kind === "development");
  const beside = development.find(({ module }) =>
    [packageOf(byDefault ?? ""), byDefault].includes(packageOf(module)),
  );
  return (
    found.find(({ module, kind }) => module === byDefault && kind === "development") ??
    beside ??
    development[0] ??
    found.find(({ module }) => module === byDefault)
  );
}

function leftOver(found: readonly SettingsModule[]): SettingsModule | undefined {
  const plain = found.filter(({ module }) => /(^|\.)settings$/.test(module));
  const order: SettingsKind[] = ["base", "other", "development"];
  return [...plain, ...order.flatMap((kind) => found.filter((module) => module.kind === kind))][0];
}

/** The settings module that a manage.py or wsgi.py sets, the last constant that looks like one. */
function settingsModuleIn(tree: ProjectTree, file: string): string | undefined {
  const tokens = statementsOf(tree.text(file) ?? "").flatMap(
    (statement): readonly Token[] => statement.tokens,
  );
  const at = tokens.findIndex(({ kind, text }) => kind === "string" && text === "DJANGO_SETTINGS_MODULE");
  const after = tokens.slice(at + 1, at + 6).find(({ kind }) => kind === "string");
  const looksRight = (text: string | undefined): boolean =>
    text !== undefined && /^[\w-]+(\.[\w-]+)*$/.test(text);
  if (at !== -1 && after?.prefix === "" && looksRight(after.text)) return after.text;
  // settings_module = "project.production" if … else "project.settings"
  return tokens
    .filter(({ kind, text }) => kind === "string" && /^[\w-]+\.[\w.-]*settings[\w.-]*$/.test(text))
    .map(({ text }) => text)[0];
}

function packageOf(module: string): string {
  return module.includes(".") ? module.slice(0, module.lastIndexOf(".")) : "";
}

function folderOf(module: string, pythonRoot: string): string {
  return posix.join(pythonRoot, packageOf(module).replaceAll(".", "/"));
}

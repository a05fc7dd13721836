import { PythonModules } from "../../../config/python/module";
import { settingsOf } from "../../../config/project/settings";
import { ProjectTree } from "../../../config/tree/tree";
import { COMPLETE, projectOf, removeProjects } from "../../support/project";
import type { ProjectFiles } from "../../support/project";

afterEach(removeProjects);

function settings(files: ProjectFiles, pythonRoot = "."): Record<string, unknown> {
  const tree = new ProjectTree(projectOf(files));
  const found = settingsOf(tree, new PythonModules(tree, { pythonRoot, mount: "/app" }), pythonRoot);
  return {
    modules: found.modules.map(({ module, kind }) => `${module} ${kind}`),
    production: found.production?.name,
    development: found.development?.name,
    unimportable: found.unimportable.map(({ file }) => file),
  };
}

function managePy(module: string): string {
  return `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "${module}")`;
}

describe("settingsOf", () => {
  test("split settings: the one for production, not the default of manage.py", () => {
    const files = {
      "manage.py": managePy("config.settings.dev"),
      "config/settings/base.py": COMPLETE,
      "config/settings/dev.py": "from .base import *",
      "config/settings/prod.py": "from .base import *",
      "config/settings/test.py": "from .base import *",
    };
    expect(settings(files)).toEqual({
      modules: [
        "config.settings.base base",
        "config.settings.dev development",
        "config.settings.prod production",
        "config.settings.test test",
      ],
      production: "config.settings.prod",
      development: "config.settings.dev",
      unimportable: [],
    });
  });

  test("a package with hyphens, as in django-rest-framework-14th", () => {
    const files = {
      "manage.py": managePy("django-rest-framework-14th.settings"),
      "django-rest-framework-14th/settings/__init__.py": "from .dev import *",
      "django-rest-framework-14th/settings/base.py": COMPLETE,
      "django-rest-framework-14th/settings/dev.py": "from .base import *",
      "django-rest-framework-14th/settings/prod.py": "from .base import *",
    };
    expect(settings(files)).toMatchObject({
      production: "django-rest-framework-14th.settings.prod",
      development: "django-rest-framework-14th.settings.dev",
      unimportable: [],
    });
  });

  test("one module is used for both", () => {
    const files = { "manage.py": managePy("site.settings"), "site/settings.py": COMPLETE };
    expect(settings(files)).toMatchObject({ production: "site.settings", development: "site.settings" });
  });

  test("modules beside the settings count, whatever their package is called", () => {
    const files = {
      "manage.py": managePy("config.django.base"),
      "config/django/base.py": COMPLETE,
      "config/django/production.py": "from .base import *",
      "config/django/urls.py": COMPLETE,
    };
    expect(settings(files)).toMatchObject({
      production: "config.django.production",
      development: "config.django.base",
    });
  });

  test("settings_prod.py and production.py beside settings.py", () => {
    const files = {
      "manage.py": `settings_module = "site.production" if "HOST" in os.environ else "site.settings"\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module)`,
      "site/settings.py": COMPLETE,
      "site/production.py": "from .settings import *",
      "site/settings_dev.py": "from .settings import *",
    };
    expect(settings(files)).toMatchObject({
      production: "site.production",
      development: "site.settings_dev",
    });
  });

  test("without a module for production, what wsgi.py names comes before the default of manage.py", () => {
    const files = {
      "manage.py": managePy("site.settings.local"),
      "site/wsgi.py": managePy("site.settings.hosted"),
      "site/settings/hosted.py": COMPLETE,
      "site/settings/local.py": COMPLETE,
    };
    expect(settings(files)).toMatchObject({
      production: "site.settings.hosted",
      development: "site.settings.local",
    });
  });

  test("a default that isn't there (git-ignored local settings) is passed over", () => {
    const files = { "manage.py": managePy("project.local"), "project/settings.py": COMPLETE };
    expect(settings(files)).toMatchObject({
      production: "project.settings",
      development: "project.settings",
    });
  });

  test("fragments, tests' settings, virtualenvs and node_modules are no settings", () => {
    const files = {
      "manage.py": managePy("site.settings"),
      "site/settings.py": COMPLETE,
      "site/email_settings.py": `EMAIL_HOST = "x"`,
      "tests/settings/prod.py": COMPLETE,
      ".venv/lib/site-packages/pkg/settings/prod.py": COMPLETE,
      "odd-name/pyvenv.cfg": "",
      "odd-name/lib/pkg/settings/prod.py": COMPLETE,
      "node_modules/x/settings/prod.py": COMPLETE,
    };
    expect(settings(files)["modules"]).toEqual(["site.settings other"]);
  });

  test("a dot in a name can't be imported and is reported", () => {
    const files = {
      "manage.py": managePy("site.settings.base"),
      "site/settings/base.py": COMPLETE,
      "site/settings/production.example.py": COMPLETE,
    };
    expect(settings(files)).toMatchObject({
      production: "site.settings.base",
      unimportable: ["site/settings/production.example.py"],
    });
  });

  test("modules are named from the folder of manage.py", () => {
    const files = { "backend/manage.py": managePy("core.settings"), "backend/core/settings.py": COMPLETE };
    expect(settings(files, "backend")).toMatchObject({ production: "core.settings" });
  });

  test("nothing is found in an empty folder", () => {
    expect(settings({})).toEqual({ modules: [], unimportable: [] });
  });
});

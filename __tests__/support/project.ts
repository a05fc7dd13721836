import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Files of a project: path below its folder → content. */
export type ProjectFiles = Readonly<Record<string, string | Uint8Array>>;

const made: string[] = [];

/** Writes a project into a folder of its own; {@link removeProjects} takes it away. */
export function projectOf(files: ProjectFiles): string {
  const folder = mkdtempSync(join(tmpdir(), "project-"));
  made.push(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Removes what {@link projectOf} has made: for `afterEach`. */
export function removeProjects(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The files that `django-admin startproject` makes, with the settings in one module. */
export function startproject(settings: string, name = "site"): ProjectFiles {
  return {
    "manage.py": `import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "${name}.settings")\n`,
    "requirements.txt": "Django==5.2.19\n",
    [`${name}/__init__.py`]: "",
    [`${name}/settings.py`]: `${COMPLETE}ROOT_URLCONF = "${name}.urls"\nWSGI_APPLICATION = "${name}.wsgi.application"\n${settings}`,
    [`${name}/urls.py`]: `urlpatterns = [path("admin/", admin.site.urls)]\n`,
    [`${name}/wsgi.py`]: "application = get_wsgi_application()\n",
  };
}

/** What makes a module one that Django can be started with. */
export const COMPLETE = `
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
INSTALLED_APPS = []
MIDDLEWARE = []
`;

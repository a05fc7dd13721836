import * as z from "zod";
import {
  descriptions,
  environmentName,
  environmentValue,
  folderUrl,
  hostName,
  moduleName,
  packageName,
  relativePath,
  text,
  urlPath,
  version,
} from "./values";

/** Static files: brought together at each release, served by nginx. */
const staticSchema = z.strictObject({
  /**
   * The folder inside the project that `STATIC_ROOT` names.
   *
   * @default found in the project: what the settings say, else `staticfiles`
   */
  root: relativePath("staticfiles").optional(),
  /**
   * The URL's path, as in `STATIC_URL`.
   *
   * @default found in the project: what the settings say, else `/static/`
   */
  url: folderUrl("/static/").optional(),
});

/** Uploaded files: kept on a volume of their own, served by nginx. */
const mediaSchema = z.strictObject({
  /**
   * The folder inside the project that `MEDIA_ROOT` names.
   *
   * @default found in the project: what the settings say, else `media`
   */
  root: relativePath("media").optional(),
  /**
   * The URL's path, as in `MEDIA_URL`.
   *
   * @default found in the project: what the settings say, else `/media/`
   */
  url: folderUrl("/media/").optional(),
});

/** The Django project: what the program can't know, and what it would otherwise find in the project's files. */
export const projectSchema = z
  .strictObject({
    /**
     * The folder that holds `manage.py`, relative to `deployment.ts`.
     *
     * @default none: the one key that must be there
     */
    folder: text(/^[^\0]+$/, "the folder that holds manage.py, relative to deployment.ts", "mysite"),
    /**
     * Settings module in production (`DJANGO_SETTINGS_MODULE`).
     *
     * @default found in the project: `….settings.prod` or `.production` when settings are split, else the module that `manage.py` names
     */
    settings: moduleName.optional(),
    /**
     * Settings module of the profile `development`.
     *
     * @default found in the project: `….settings.dev`, `.development` or `.local` when settings are split, else `settings`
     */
    developmentSettings: moduleName.optional(),
    /**
     * The WSGI application that gunicorn serves.
     *
     * @default found in the project: `WSGI_APPLICATION` of the settings, else the `wsgi.py` beside them
     */
    wsgi: text(
      /^\w[\w-]*(\.\w[\w-]*)*:[A-Za-z_]\w*$/,
      "module:attribute",
      "mysite.wsgi:application",
    ).optional(),
    /**
     * Version of Python; the official image's tag is `<version>-slim`.
     *
     * @default found in the project (`.python-version`, `runtime.txt`), else `3.13`
     * @source Python of Debian 13, so that both images are alike
     */
    python: version("Python from 3.8 on", /^3\.([89]|[1-9]\d)(\.\d{1,2})?$/, "3.13").optional(),
    /**
     * The requirements file of pip, relative to the project. gunicorn and mysqlclient are added when it lacks them.
     *
     * @default found in the project: `requirements/production.txt`, `requirements/prod.txt` or `requirements.txt`
     */
    requirements: relativePath("requirements.txt").optional(),
    /**
     * Debian packages that the image needs at run time, for example `libcairo2`.
     *
     * @default none
     */
    packages: z.array(packageName).default([]),
    /**
     * Debian packages that only building the requirements needs, for example `libpq-dev`.
     *
     * @default none
     */
    buildPackages: z.array(packageName).default([]),
    /** Static files: brought together at each release, served by nginx. */
    static: staticSchema.default({}),
    /** Uploaded files: kept on a volume of their own, served by nginx. */
    media: mediaSchema.default({}),
    /**
     * A path that answers 2xx or 3xx when the application works; it should touch the database. With the
     * default `/`, which a project may lack or protect, any answer below 500 but 400 counts.
     *
     * @default found in the project's URLs (`/health/`, `/healthz`, …), else `/`; the admin's log-in where the project has nothing at `/`
     */
    healthPath: urlPath.optional(),
    /**
     * Host names under which the application answers (`ALLOWED_HOSTS`); nginx refuses all others.
     *
     * @default `localhost` and `127.0.0.1`
     * @source the names under which this machine reaches itself
     */
    allowedHosts: z
      .array(hostName)
      .min(1)
      .register(descriptions, { expected: "a list of at least one host name", example: ["example.org"] })
      .default(["localhost", "127.0.0.1"]),
    /**
     * Further environment variables, none of them secret: those belong into `envFile`.
     *
     * @default none
     */
    environment: z
      .record(environmentName, environmentValue)
      .register(descriptions, {
        expected: "an object of variables and their values",
        example: { SITE_NAME: "Guestbook" },
      })
      .default({}),
    /**
     * File of secret environment variables, relative to the project. It reaches the containers byte for byte
     * (docs/env-file.md), and is in no image, state or output.
     *
     * @default `.env` when the project has one
     */
    envFile: relativePath(".env").optional(),
    /**
     * Run the project with settings of ours on top of its own, which set the database, static and media files,
     * hosts and secret key from the environment. For projects that were written for one computer.
     *
     * @default found in the project: true when its settings have a database, hosts, DEBUG, STATIC_ROOT or a redirect to https that no variable changes
     */
    overlay: z.boolean().optional(),
  })
  .register(descriptions, { expected: "an object with at least the folder of manage.py" });

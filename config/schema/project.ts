import * as z from "zod";
import { environmentName, hostName, moduleName, relativePath, urlPath } from "./values";

/** Where files of one kind live, and under which URL nginx serves them. */
const servedFolder = z.strictObject({
  /**
   * The folder inside the project that `STATIC_ROOT` or `MEDIA_ROOT` names.
   *
   * @default what the settings say, else `staticfiles` or `media`
   */
  root: relativePath.optional(),
  /**
   * The URL's path, as in `STATIC_URL` or `MEDIA_URL`.
   *
   * @default what the settings say, else `/static/` or `/media/`
   */
  url: urlPath.optional(),
});

/** The Django project: what the program can't know, and what it would otherwise find in the project's files. */
export const projectSchema = z.strictObject({
  /** The folder that holds `manage.py`, relative to `deployment.ts`. */
  folder: z.string().min(1),
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
   * The WSGI application that gunicorn serves, as `module:attribute`.
   *
   * @default found in the project: `WSGI_APPLICATION` of the settings, else the `wsgi.py` beside them
   */
  wsgi: z
    .string()
    .regex(
      /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$/,
      "module:attribute, for example mysite.wsgi:application",
    )
    .optional(),
  /**
   * Version of Python: the tag of the official image is `<version>-slim`.
   *
   * @default found in the project (`.python-version`, `runtime.txt`), else `3.13`
   */
  python: z
    .string()
    .regex(/^3\.\d{1,2}(\.\d{1,2})?$/, 'a version of Python in quotes, for example "3.13"')
    .optional(),
  /**
   * The requirements file of pip, relative to the project. gunicorn and mysqlclient are added when it lacks them.
   *
   * @default found in the project: `requirements/production.txt`, `requirements/prod.txt` or `requirements.txt`
   */
  requirements: relativePath.optional(),
  /** Debian packages that the image needs at run time, for example `libcairo2`. @default none */
  packages: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, "the name of a Debian package")).default([]),
  /** Debian packages that only building the requirements needs, for example `libpq-dev`. @default none */
  buildPackages: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, "the name of a Debian package"))
    .default([]),
  /** Static files: collected at each release, served by nginx. */
  static: servedFolder.default({}),
  /** Uploaded files: kept on a volume of their own, served by nginx. */
  media: servedFolder.default({}),
  /**
   * A path that answers 2xx or 3xx when the application works; it should touch the database. With the
   * default `/`, which a project may lack or protect, any answer below 500 but 400 counts.
   *
   * @default found in the project's URLs (`/health/`, `/healthz`, …), else `/`
   */
  healthPath: urlPath.optional(),
  /**
   * Host names under which the application answers (`ALLOWED_HOSTS`); nginx refuses all others. A leading dot
   * stands for every subdomain.
   *
   * @default `localhost` and `127.0.0.1`
   */
  allowedHosts: z.array(hostName).min(1).default(["localhost", "127.0.0.1"]),
  /** Further environment variables, none of them secret: those belong into `envFile`. @default none */
  environment: z.record(environmentName, z.string()).default({}),
  /**
   * File of secret environment variables, relative to the project. It reaches the containers byte for byte
   * (docs/env-file.md), and is in no image, state or output.
   *
   * @default `.env` when the project has one
   */
  envFile: relativePath.optional(),
  /**
   * Run the project with settings of ours on top of its own, which set the database, static and media files,
   * hosts and secret key from the environment. For projects that were written for one laptop.
   *
   * @default true when the settings read neither `DATABASE_HOST` nor `DATABASE_URL`
   */
  overlay: z.boolean().optional(),
});

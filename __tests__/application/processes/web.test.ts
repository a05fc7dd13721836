import { serviceOf } from "../../../application/application";
import { applicationOf } from "../../../application/model";
import type { Service } from "../../../application/service";
import type { Deployment, Project, Web } from "../../../config/deployment";
import { guestbook } from "../../support/guestbook";

function webOf(project: Partial<Project> = {}, web: Partial<Web> = {}): Service {
  const deployment: Deployment = {
    ...guestbook,
    project: { ...guestbook.project, ...project },
    web: { ...guestbook.web, ...web },
  };
  return serviceOf(applicationOf(deployment), "web");
}

describe("the web service", () => {
  it("has the whole environment that Django and gunicorn read", () =>
    expect(webOf().environment).toEqual({
      PYTHONUNBUFFERED: "1",
      DJANGO_SETTINGS_MODULE: "config.settings.prod",
      DEPLOYMENT_STATIC_ROOT: "/app/staticfiles",
      DEPLOYMENT_STATIC_URL: "/static/",
      DEPLOYMENT_MEDIA_ROOT: "/app/media",
      DEPLOYMENT_MEDIA_URL: "/media/",
      DATABASE_HOST: "guestbook-database",
      DATABASE_PORT: "3306",
      DATABASE_NAME: "django",
      DATABASE_USER: "django",
      DATABASE_PASSWORD_FILE: "/run/secrets/database_password",
      SECRET_KEY_FILE: "/run/secrets/django_secret_key",
      DJANGO_SECRET_KEY_FILE: "/run/secrets/django_secret_key",
      DEPLOYMENT_READ_FROM_FILES: "DATABASE_PASSWORD SECRET_KEY DJANGO_SECRET_KEY",
      ENV_FILE: "/run/secrets/env",
      ALLOWED_HOSTS: "localhost,127.0.0.1",
      DJANGO_ALLOWED_HOSTS: "localhost,127.0.0.1",
      WEB_WSGI: "config.wsgi:application",
      WEB_CONCURRENCY: "3",
      WEB_THREADS: "4",
      WEB_TIMEOUT: "30",
      WEB_GRACEFUL_TIMEOUT: "30",
      WEB_MAX_REQUESTS: "10000",
      WEB_MAX_REQUESTS_JITTER: "2000",
      WEB_SOAK: "5",
      WEB_START_TIMEOUT: "120",
      WEB_HEALTH_PATH: "/health/",
      WEB_HEALTH_ANY: "0",
      WEB_HEALTH_HOST: "localhost",
    }));

  it("lets the user's own environment win", () =>
    expect(webOf({ environment: { DATABASE_PORT: "3310" } }).environment).toMatchObject({
      DATABASE_PORT: "3310",
    }));

  it("runs the project under settings of ours when it was written for one computer", () =>
    expect(webOf({ overlay: true }).environment).toMatchObject({
      DJANGO_SETTINGS_MODULE: "deployment_settings",
      DEPLOYMENT_SETTINGS_BASE: "config.settings.prod",
    }));

  it("is asked for its health under a host name that Django accepts", () => {
    expect(webOf({ allowedHosts: ["example.org", "localhost"] }).environment["WEB_HEALTH_HOST"]).toBe(
      "example.org",
    );
    expect(webOf({ allowedHosts: [".example.org"] }).environment["WEB_HEALTH_HOST"]).toBe("www.example.org");
  });

  it("is checked each second by the command that hands the traffic over, and waited for", () =>
    expect(webOf({}, { startTimeout: 90 })).toMatchObject({
      startTimeout: 90,
      environment: { WEB_START_TIMEOUT: "90" },
      healthCheck: { command: ["/opt/deployment/bin/health"], interval: 1 },
    }));

  it("is not killed by the engine for want of its database within an hour, nor for a minute of late checks", () => {
    expect(webOf().healthCheck).toMatchObject({ startPeriod: 3600, timeout: 10, retries: 60 });
  });

  it("has a first process that ends with gunicorn", () => expect(webOf().init).toBe(true));

  it("may have all of its workers' threads", () => {
    expect(webOf().processes).toBe(512);
    expect(webOf({}, { workers: 64, threads: 64 }).processes).toBe(64 * 66 + 256);
  });

  it("is made anew when the secret environment has changed", () => {
    expect(webOf().revisions).toEqual({});
    expect(webOf({ envFile: { path: "/project/.env", hash: "abc" } }).revisions).toEqual({ env: "abc" });
  });

  it("has time to finish its requests when it is stopped", () =>
    expect(webOf({}, { gracefulTimeout: 100 }).stopGrace).toBe(105));

  it("can't write its static files, and only its uploads", () =>
    expect(webOf().mounts.filter((mount) => mount.type === "volume")).toEqual([
      { type: "volume", volume: "secrets", target: "/run/secrets", readOnly: true },
      { type: "volume", volume: "run", target: "/run/web", readOnly: false },
      { type: "volume", volume: "static", target: "/app/staticfiles", readOnly: true },
      { type: "volume", volume: "media", target: "/app/media", readOnly: false },
    ]));
});

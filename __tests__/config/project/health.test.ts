import { healthPathOf } from "../../../config/project/health";
import { PythonModules } from "../../../config/python/module";
import { ProjectTree } from "../../../config/tree/tree";
import { projectOf, removeProjects } from "../../support/project";

afterEach(removeProjects);

function health(urlpatterns: string): string | undefined {
  const folder = projectOf({ "urls.py": `urlpatterns = [${urlpatterns}]` });
  const module = new PythonModules(new ProjectTree(folder), { pythonRoot: ".", mount: "/app" }).read("urls");
  return module && healthPathOf(module)?.path;
}

describe("healthPathOf", () => {
  test.each([
    [`path("admin/", admin.site.urls), path("health/", health)`, "/health/"],
    [`path("healthz", health)`, "/healthz"],
    [`re_path(r"^health/$", health)`, "/health/"],
    [`url(r'^api/health$', health)`, "/api/health/"],
    [`path("ht/", include("health_check.urls"))`, "/ht/"],
    [`path("health-insurance/", insurance), path("<slug:health>/", x)`, undefined],
    [`path("office/admin/", admin.site.urls)`, "/office/admin/login/"],
    [`path("admin/", admin.site.urls), path("", index)`, undefined],
    [`path("", include("shop.urls")), path("admin/", admin.site.urls)`, undefined],
    [`re_path(r"^$", index), re_path(r"^admin/", admin.site.urls)`, undefined],
    [`url(r'', include('blog.urls')), url(r'^admin/', admin.site.urls)`, undefined],
    [`path("", index), path("health/", health)`, "/health/"],
    [`path("api/", api), path("admin/", admin.site.urls)`, "/admin/login/"],
    [`path('', include('app.urls')), path(ADMIN_URL, admin.site.urls)`, undefined],
    [`path(route="admin/", view=admin.site.urls)`, "/admin/login/"],
    [`path(route="", view=index), path("admin/", admin.site.urls)`, undefined],
    [`re_path(r"^.*$", spa), path("admin/", admin.site.urls)`, undefined],
    [`re_path(r"^(?P<path>.*)/?$", spa), path("admin/", admin.site.urls)`, undefined],
    [`re_path(r"^(?!api|admin).*", spa), path("admin/", admin.site.urls)`, undefined],
    [`re_path(r"(?i)x", page), path("admin/", admin.site.urls)`, undefined],
    [`re_path(r"^(?P<year>[0-9]{4})/$", year), path("admin/", admin.site.urls)`, "/admin/login/"],
    [`path(PREFIX, index), path("admin/", admin.site.urls)`, undefined],
    [`path(f"{PREFIX}", index), path("admin/", admin.site.urls)`, undefined],
    [`path("" + PREFIX, index), path("admin/", admin.site.urls)`, undefined],
    [`*router.urls, path("health", health)`, "/health"],
    [`*router.urls, path("admin/", admin.site.urls)`, undefined],
    [`path("admin/", admin.site.urls)] + router.urls + [`, undefined],
    [`path("admin/", admin.site.urls)] + static(settings.MEDIA_URL, document_root=x) + [`, "/admin/login/"],
    [`path("admin/", admin.site.urls)]\nurlpatterns += router.urls\nx = [`, undefined],
    [`]\nurlpatterns += i18n_patterns(path("admin/", admin.site.urls), path("", index))\nx = [`, undefined],
  ])("%s", (urlpatterns, expected) => {
    expect(health(urlpatterns)).toBe(expected);
  });
});

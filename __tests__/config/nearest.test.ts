import { nearest } from "../../config/nearest";

it.each([
  ["worker", ["workers", "threads"], "workers"],
  ["timout", ["threads", "timeout"], "timeout"],
  ["Port", ["port"], "port"],
  ["maxrequests", ["maxRequests", "memory"], "maxRequests"],
  ["dev", ["production", "development"], "development"],
  ["workers_count", ["threads", "workers"], "workers"],
  ["mysite.setting", ["mysite.wsgi", "mysite.settings"], "mysite.settings"],
  ["settings.prod", ["config.settings.dev", "config.settings.prod"], "config.settings.prod"],
  ["hosts", ["packages", "allowedHosts"], "allowedHosts"],
])("%s most likely meant the last of %j", (word, known, meant) => {
  expect(nearest(word, known)).toBe(meant);
});

it.each([
  ["xyz", ["workers"]],
  ["manager", ["memory", "workers"]],
  ["", ["name"]],
  ["a", ["b"]],
  ["name", []],
  ["x".repeat(1_000_000), ["workers"]],
])("%s is like none of %j", (word, known) => {
  expect(nearest(word, known)).toBeUndefined();
});
